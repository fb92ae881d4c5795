using System.Net;
using Grpc.Core;

namespace Spaces.Signaling.Server.Limits;

/// <summary>Where a call comes from.</summary>
internal static class CallerAddress
{
    public static IPAddress? Of(ServerCallContext context) => context.GetHttpContext().Connection.RemoteIpAddress;
}
