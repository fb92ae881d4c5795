using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>What every call handler of a server shares.</summary>
internal sealed record CallServices(
    GrpcServiceOptions Options,
    TimeProvider Time,
    StreamShutdown Shutdown,
    ILogger Logger
);
