using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// Everything the server's runtime logs. Methods and details only: no metadata, no messages, no addresses.
/// </summary>
internal static partial class GrpcServerLog
{
    [LoggerMessage(600, LogLevel.Error, "{Method}: the handler failed")]
    public static partial void HandlerFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(601, LogLevel.Debug, "{Method}: stopped, since the client or the time is gone")]
    public static partial void CallStopped(ILogger logger, string method, Exception exception);

    [LoggerMessage(602, LogLevel.Debug, "{Method}: refused with {StatusCode}")]
    public static partial void CallRefused(ILogger logger, string method, StatusCode statusCode);
}
