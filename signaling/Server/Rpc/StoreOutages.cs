using Grpc.Core;
using Grpc.Core.Interceptors;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Rpc;

/// <summary>Says UNAVAILABLE, and when to try again, where the store does not answer.</summary>
internal sealed class StoreOutages : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            return await continuation(request, context);
        }
        catch (RoomStoreUnavailableException)
        {
            throw Outage();
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (RoomStoreUnavailableException)
        {
            throw Outage();
        }
    }

    private static RpcException Outage() =>
        Callers.Error(Refusal.Unavailable("The records cannot be reached now. Try again soon."));
}
