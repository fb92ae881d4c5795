using Grpc.Core;
using Spaces.V1;

namespace Spaces.Sfu.Tests.Server;

/// <summary>
/// Goal: who reads the log can neither join, decrypt nor impersonate. Method: everything that is secret, passing
/// through good and bad requests while every level is logged.
/// </summary>
[TestFixture]
internal sealed class SecretsInLogsTests
{
    [Test]
    public async Task No_secret_is_logged_at_any_level()
    {
        using var log = new LogCollector();
        await using var sfu = await SfuUnderTest.StartAsync(workers: 2, mediaAddress: null, log);
        using var ada = await sfu.OpenAsync("room", 1, new SessionPermissions { MayPublish = true });
        Conversation.Connect(ada);
        var fresh = Protocol.Ice.IceCredentials.Generate();
        var restart = new RestartIceRequest
        {
            SessionId = ada.SessionId,
            Credentials = new IceCredentials { Ufrag = fresh.Ufrag, Password = fresh.Password },
        };
        var restarted = await sfu.Control.RestartIceAsync(restart, SfuUnderTest.Authorization);
        const string wrongKey = "a wrong key, which may be a slip of the right one";
        const string badOffer = "v=0\r\nnot quite SDP with a=ice-pwd:passwordOfABadOffer";
        var wrong = new Metadata { { "authorization", $"Bearer {wrongKey}" } };
        Assert.That(async () => await sfu.Control.RestartIceAsync(restart, wrong), Throws.InstanceOf<RpcException>());
        var open = new OpenSessionRequest
        {
            SessionId = "bad",
            RoomId = "room",
            MediaId = 2,
            SdpOffer = badOffer,
        };
        Assert.That(
            async () => await sfu.Control.OpenSessionAsync(open, SfuUnderTest.Authorization),
            Throws.InstanceOf<RpcException>()
        );
        await sfu.StopAsync();

        var text = string.Join('\n', log.Lines);
        Assert.That(text, Does.Contain("Debug").And.Contains(ada.SessionId), "all is logged");
        string[] secrets =
        [
            SfuUnderTest.ControlKey,
            wrongKey,
            ada.OwnIce.Password,
            ada.ServerIce.Password,
            fresh.Password,
            restarted.Sdp.Split("a=ice-pwd:")[1].Split('\r')[0],
            "passwordOfABadOffer",
        ];
        Assert.That(secrets.Where(text.Contains), Is.Empty);
    }
}
