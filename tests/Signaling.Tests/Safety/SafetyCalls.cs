using Grpc.Core;
using Grpc.Net.Client;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Safety;

/// <summary>Calls about safety and invitations over gRPC, as somebody.</summary>
internal sealed class SafetyCalls : IDisposable
{
    private readonly GrpcChannel _channel;

    public SafetyCalls(SignalingHost host)
    {
        _channel = GrpcChannel.ForAddress(host.Grpc);
        Safety = new SafetyService.SafetyServiceClient(_channel);
        Moderation = new ModerationService.ModerationServiceClient(_channel);
        Takedowns = new TakedownService.TakedownServiceClient(_channel);
        Invitations = new InvitationService.InvitationServiceClient(_channel);
        Accounts = new AccountCalls(host);
    }

    public SafetyService.SafetyServiceClient Safety { get; }

    public ModerationService.ModerationServiceClient Moderation { get; }

    public TakedownService.TakedownServiceClient Takedowns { get; }

    public InvitationService.InvitationServiceClient Invitations { get; }

    public AccountCalls Accounts { get; }

    public static Metadata As(string identity) => AccountCalls.Person(identity);

    public static Metadata Operator => AccountCalls.Operator;

    public Task BlockAsync(string blocker, string blocked) =>
        Safety.BlockAccountAsync(new BlockAccountRequest { Identity = blocked }, As(blocker)).ResponseAsync;

    public Task SuspendAsync(string identity, DateTimeOffset? until = null) =>
        Moderation
            .SuspendAccountAsync(
                new SuspendAccountRequest
                {
                    Identity = identity,
                    Reason = "It sold tickets.",
                    Until = until is { } end ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(end) : null,
                },
                Operator
            )
            .ResponseAsync;

    /// <summary>The operator's own system says where somebody is.</summary>
    public Task SetCountryAsync(string identity, string country) =>
        Accounts
            .Accounts.UpsertAccountAsync(
                new UpsertAccountRequest
                {
                    Account = new Account { Identity = identity, Country = country },
                },
                Operator
            )
            .ResponseAsync;

    public async Task<string[]> AuditAsync()
    {
        var page = await Accounts.Admin.ListAuditAsync(new ListAuditRequest { PageSize = 100 }, Operator);
        return [.. page.Entries.Select(entry => $"{entry.Actor} {entry.Action} {entry.Target}")];
    }

    public void Dispose()
    {
        Accounts.Dispose();
        _channel.Dispose();
    }
}
