using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http.Metadata;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Puts together what keeps people safe: blocks, reports, suspensions, takedown orders.</summary>
internal static class SafetyServices
{
    /// <summary>An order over 5,000 names of full length, escaped, is longer than other messages.</summary>
    private const int MessageLengthMax = 4 * 1024 * 1024;

    /// <summary>After AddAccounts: what it says of capabilities is asked second.</summary>
    public static void AddSafety(this IServiceCollection services)
    {
        services.AddSingleton<BlockBook>();
        services.AddSingleton<FactsOfPeople>();
        services.AddSingleton<RestrictionsInForce>();
        services.AddSingleton<LiveEnforcement>();
        services.AddSingleton<SuspensionDesk>();
        services.AddSingleton<TakedownDesk>();
        services.AddSingleton<TakedownExport>();
        services.AddSingleton<ReportDesk>();
        services.AddSingleton<ReportDecisions>();
        services.AddSingleton<IEntryRule, SafetyDoor>();
        services.AddSingleton<ICapabilities>(provider => new GuardedCapabilities(
            provider.GetRequiredService<StagedCapabilities>(),
            provider.GetRequiredService<RestrictionsInForce>(),
            provider.GetRequiredService<FactsOfPeople>()
        ));
        services.AddHostedService(provider => provider.GetRequiredService<RestrictionsInForce>());
        services.AddHostedService(provider => provider.GetRequiredService<LiveEnforcement>());
        services.AddHostedService<BlockedSpeakerWarning>();
    }

    public static IGrpcServerBuilder AddSafety(this IGrpcServerBuilder grpc) =>
        grpc.AddServiceOptions<SafetyGrpcService>(options => options.Interceptors.Add<StoreOutages>())
            .AddServiceOptions<ModerationGrpcService>(options => options.Interceptors.Add<StoreOutages>())
            .AddServiceOptions<TakedownGrpcService>(options =>
            {
                options.MaxReceiveMessageSize = MessageLengthMax;
                options.Interceptors.Add<StoreOutages>();
            });

    public static void MapSafety(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<SafetyGrpcService>();
        app.MapGrpcService<ModerationGrpcService>();
        app.MapGrpcService<TakedownGrpcService>().Add(endpoint => endpoint.Metadata.Add(new BodyLimit()));
        app.MapGet("/v1/takedowns", app.ServiceProvider.GetRequiredService<TakedownExport>().HandleAsync);
    }

    /// <summary>Takes the place of the server's limit for one endpoint.</summary>
    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => MessageLengthMax;
    }
}
