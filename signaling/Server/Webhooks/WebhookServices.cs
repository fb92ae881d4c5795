using Grpc.AspNetCore.Server;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>Puts together what tells other systems of what happens in rooms.</summary>
internal static class WebhookServices
{
    public static void AddWebhooks(this IServiceCollection services, SignalingOptions options)
    {
        services.AddSingleton(options.WebhookTimings);
        services.AddSingleton<WebhookBook>();
        services.AddSingleton<WebhookFeed>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookDelivery>();
        services.AddSingleton<WebhookDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookDispatcher>());
    }

    public static IGrpcServerBuilder AddWebhooks(this IGrpcServerBuilder grpc) =>
        grpc.AddServiceOptions<WebhookGrpcService>(options => options.Interceptors.Add<StoreOutages>());

    public static void MapWebhooks(this IEndpointRouteBuilder app) => app.MapGrpcService<WebhookGrpcService>();
}
