using Grpc.Core;
using Grpc.Net.Client;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>Calls of AccountService and AdminService over gRPC, as somebody.</summary>
internal sealed class AccountCalls : IDisposable
{
    private readonly GrpcChannel _channel;

    public AccountCalls(SignalingHost host)
    {
        _channel = GrpcChannel.ForAddress(host.Grpc);
        Accounts = new AccountService.AccountServiceClient(_channel);
        Admin = new AdminService.AdminServiceClient(_channel);
        Rooms = new RoomService.RoomServiceClient(_channel);
        Notifications = new NotificationService.NotificationServiceClient(_channel);
    }

    public AccountService.AccountServiceClient Accounts { get; }

    public AdminService.AdminServiceClient Admin { get; }

    public RoomService.RoomServiceClient Rooms { get; }

    public NotificationService.NotificationServiceClient Notifications { get; }

    /// <summary>The operator's own system.</summary>
    public static Metadata Operator { get; } = As(SignalingHost.Token("operator", admin: true));

    public static Metadata As(string token) => new() { { "authorization", $"Bearer {token}" } };

    public static Metadata Person(string identity) => As(SignalingHost.Token(identity));

    /// <summary>Why a call is refused.</summary>
    public static async Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call, StatusCode code)
    {
        try
        {
            var answer = await call;
            Assert.Fail($"was answered: {answer}");
            throw new InvalidOperationException();
        }
        catch (RpcException refusal)
        {
            Assert.That(refusal.StatusCode, Is.EqualTo(code), refusal.Status.Detail);
            Assert.That(refusal.Status.Detail, Does.EndWith("."));
            return refusal;
        }
    }

    /// <summary>Sets rules over whatever rules there are.</summary>
    public async Task<ulong> SetRulesAsync(CapabilityRules rules)
    {
        var before = await Admin.GetCapabilityRulesAsync(new GetCapabilityRulesRequest(), Operator);
        var set = new SetCapabilityRulesRequest { Rules = rules, ExpectedVersion = before.Version };
        return (await Admin.SetCapabilityRulesAsync(set, Operator)).Version;
    }

    public void Dispose() => _channel.Dispose();
}
