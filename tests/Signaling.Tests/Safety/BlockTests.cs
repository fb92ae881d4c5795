using Grpc.Core;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Safety;

/// <summary>
/// Goal: whoever is blocked by the host is out, on every way in, and who blocked somebody is warned where they speak.
/// Method: real clients; what counts is what the media node has.
/// </summary>
[TestFixture]
internal sealed class BlockTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private SafetyCalls _calls = null!;
    private string _room = "";

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node);
        _calls = new SafetyCalls(_host);
        _room = await _host.CreateRoomAsync("ada");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _calls.Dispose();
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task A_blocked_account_is_kept_out_on_every_way_in_until_the_block_is_lifted()
    {
        await using var ada = await JoinAsync("ada");
        await using var bob = await JoinAsync("bob");
        var resumeToken = bob.ResumeToken;
        await bob.DisposeAsync();
        await _calls.BlockAsync("ada", "bob");
        await _calls.BlockAsync("ada", "bob");

        await using var again = await TestClient.ConnectAsync(_host, Wire.Json);
        var join = new Join
        {
            RoomId = _room,
            Token = SignalingHost.Token("bob"),
            SdpOffer = "an offer",
        };
        var refused = await again.RefusedAsync(new ClientMessage { Join = join });
        Assert.That(refused.Code, Is.EqualTo("PERMISSION_DENIED"));
        Assert.That(refused.Message, Does.Not.Contain("block"));
        var resume = new Resume { ResumeToken = resumeToken };
        await using var back = await TestClient.ConnectAsync(_host, Wire.Grpc);
        await back.RefusedAsync(new ClientMessage { Resume = resume });
        foreach (var way in new[] { "whip", "whep" })
        {
            var token = SignalingHost.Token("bob", speak: true);
            var answer = await _host.SendAsync(
                HttpMethod.Post,
                $"/v1/rooms/{_room}/{way}",
                token,
                "an offer",
                "application/sdp"
            );
            Assert.That((int)answer.StatusCode, Is.EqualTo(403), way);
        }

        var unblock = new UnblockAccountRequest { Identity = "bob" };
        await _calls.Safety.UnblockAccountAsync(unblock, SafetyCalls.As("ada"));
        await using var free = await JoinAsync("bob");
    }

    [Test]
    public async Task Whoever_is_blocked_inside_the_blockers_Space_is_put_out_at_once()
    {
        await using var ada = await JoinAsync("ada");
        await using var bob = await JoinAsync("bob", speak: true);

        await _calls.BlockAsync("ada", "bob");

        var goodbye = await bob.GoodbyeAsync();
        Assert.That(goodbye.Action, Is.EqualTo(GoodbyeAction.Stop));
        await Eventually.TrueAsync(() => !_node.Node.HasSessionOf(bob.Self));
        await ada.EventAsync(next => next.ParticipantGone?.ParticipantId == bob.Self.Id);
    }

    [Test]
    public async Task Only_the_blocker_is_warned_when_a_blocked_account_may_speak_in_a_Space_of_somebody_else()
    {
        await _calls.BlockAsync("eve", "bob");
        await using var ada = await JoinAsync("ada");
        await using var eve = await JoinAsync("eve");
        await using var zoe = await JoinAsync("zoe");
        await using var bob = await JoinAsync("bob", speak: true);

        var warning = await eve.NextAsync(message => message.Notice is not null);

        Assert.That(warning.Notice.Kind, Is.EqualTo(NoticeKind.BlockedSpeaker));
        Assert.That(warning.Notice.ParticipantId, Is.EqualTo(bob.Self.Id));
        await zoe.ParticipantChangedAsync(bob.Self.Id, _ => true);
        foreach (var other in new[] { ada, zoe, bob })
        {
            Assert.That(other.Unread().Any(message => message.Notice is not null), Is.False);
        }
    }

    [Test]
    public async Task Blocks_are_listed_in_pages_and_nobody_blocks_themselves()
    {
        foreach (var blocked in new[] { "carl", "bob", "dora" })
        {
            await _calls.BlockAsync("ada", blocked);
        }

        var first = await ListAsync("");
        var second = await ListAsync(first.NextPageToken);
        Assert.That(first.Blocks.Select(block => block.Identity), Is.EqualTo(new[] { "bob", "carl" }));
        Assert.That(second.Blocks.Select(block => block.Identity), Is.EqualTo(new[] { "dora" }));
        Assert.That(second.NextPageToken, Is.Empty);
        var self = new BlockAccountRequest { Identity = "ada" };
        await AccountCalls.RefusedAsync(
            _calls.Safety.BlockAccountAsync(self, SafetyCalls.As("ada")),
            StatusCode.InvalidArgument
        );

        async Task<ListBlocksResponse> ListAsync(string page) =>
            await _calls.Safety.ListBlocksAsync(
                new ListBlocksRequest { PageSize = 2, PageToken = page },
                SafetyCalls.As("ada")
            );
    }

    private async Task<TestClient> JoinAsync(string identity, bool speak = false)
    {
        var client = await TestClient.ConnectAsync(_host, Wire.Protobuf);
        await client.JoinAsync(_room, SignalingHost.Token(identity, speak: speak));
        return client;
    }
}
