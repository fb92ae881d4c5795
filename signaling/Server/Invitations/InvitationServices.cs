using Grpc.AspNetCore.Server;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Invitations;

/// <summary>Puts together what sends and keeps invitations.</summary>
internal static class InvitationServices
{
    public static void AddInvitations(this IServiceCollection services)
    {
        services.AddSingleton<Inbox>();
        services.AddSingleton<InvitationDesk>();
    }

    public static IGrpcServerBuilder AddInvitations(this IGrpcServerBuilder grpc) =>
        grpc.AddServiceOptions<InvitationGrpcService>(options => options.Interceptors.Add<StoreOutages>());

    public static void MapInvitations(this IEndpointRouteBuilder app) => app.MapGrpcService<InvitationGrpcService>();
}
