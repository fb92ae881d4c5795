using Grpc.Core;
using Spaces.Signaling.Server.Rpc;
using Spaces.V1;

namespace Spaces.Signaling.Server.Notifications;

/// <summary>Carries an account's notifications over a gRPC stream.</summary>
internal sealed class NotificationGrpcService(AccountNotifications notifications, Callers callers)
    : NotificationService.NotificationServiceBase
{
    public override async Task Watch(
        WatchNotificationsRequest request,
        IServerStreamWriter<Notification> responseStream,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Join, "join");
        using var watch = notifications.Open(token.Identity);
        await foreach (var message in watch.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(message.Notification, context.CancellationToken);
        }

        throw new RpcException(
            new Status(
                StatusCode.Unavailable,
                watch.IsTooSlow ? "You did not read what you were sent. Call again." : "Shutting down. Call again."
            )
        );
    }
}
