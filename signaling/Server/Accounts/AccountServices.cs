using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http.Metadata;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Puts together what there is of people: accounts, capabilities, codes, feedback, the audit record.</summary>
internal static class AccountServices
{
    /// <summary>A thousand accounts, or ten thousand names of a list, are longer than other messages.</summary>
    private const int MessageLengthMax = 4 * 1024 * 1024;

    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<Callers>();
        services.AddSingleton<ActionLimits>();
        services.AddSingleton<FollowBook>();
        services.AddSingleton<AccountBook>();
        services.AddSingleton<IAccounts>(provider => provider.GetRequiredService<AccountBook>());
        services.AddSingleton<RulesInForce>();
        services.AddHostedService(provider => provider.GetRequiredService<RulesInForce>());
        services.AddSingleton<StagedCapabilities>();
        services.AddSingleton<ICapabilities>(provider => provider.GetRequiredService<StagedCapabilities>());
        services.AddSingleton<NoticeBoard>();
        services.AddHostedService<NoticeTeller>();
        services.AddSingleton<FeedbackBox>();
        services.AddSingleton<InvitationCodes>();
        services.AddSingleton<AccountRemoval>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<Audited>();
        services.AddSingleton<Exports>();
        services.AddSingleton<ExportEndpoints>();
    }

    public static IGrpcServerBuilder AddAccounts(this IGrpcServerBuilder grpc) =>
        grpc.AddServiceOptions<AccountGrpcService>(Configure).AddServiceOptions<AdminGrpcService>(Configure);

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        app.ServiceProvider.GetRequiredService<ExportEndpoints>().Map(app);
        app.MapGrpcService<AccountGrpcService>().Add(LengthenBody);
        app.MapGrpcService<AdminGrpcService>().Add(LengthenBody);
    }

    private static void Configure(GrpcServiceOptions options)
    {
        options.MaxReceiveMessageSize = MessageLengthMax;
        options.Interceptors.Add<StoreOutages>();
    }

    private static void LengthenBody(EndpointBuilder endpoint) => endpoint.Metadata.Add(new BodyLimit());

    /// <summary>Takes the place of the server's limit for one endpoint.</summary>
    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => MessageLengthMax;
    }
}
