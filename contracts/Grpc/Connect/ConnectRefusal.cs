namespace Grpc.AspNetCore.Server.Connect;

/// <summary>A Connect request that never becomes a call; the message is for the client's developer.</summary>
internal sealed class ConnectRefusal(ConnectError error, Exception? cause = null)
    : Exception(error.Status.Detail, cause)
{
    public ConnectError Error => error;
}
