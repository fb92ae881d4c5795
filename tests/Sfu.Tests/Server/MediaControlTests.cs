using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Spaces.V1;

namespace Spaces.Sfu.Tests.Server;

/// <summary>The control service as its .proto promises it.</summary>
[TestFixture]
internal sealed class MediaControlTests
{
    private static readonly SessionPermissions Speaker = new() { MayPublish = true, MaySubscribe = true };

    private MediaClient _client = null!;
    private SfuUnderTest _sfu = null!;

    [SetUp]
    public async Task SetUp()
    {
        _client = new MediaClient("session-1", mediaId: 1);
        _sfu = await SfuUnderTest.StartAsync(workers: 2);
    }

    [TearDown]
    public async Task TearDown()
    {
        _client.Dispose();
        await _sfu.DisposeAsync();
    }

    [Test]
    public async Task Without_the_control_key_nothing_is_done()
    {
        var wrong = new Metadata { { "authorization", "Bearer a key that nobody knows" } };
        foreach (var headers in new[] { wrong, [] })
        {
            await ExpectAsync(
                StatusCode.Unauthenticated,
                async () => await _sfu.Control.OpenSessionAsync(Request(), headers)
            );
        }

        using var watch = _sfu.Control.Watch(new WatchRequest(), wrong);
        await ExpectAsync(StatusCode.Unauthenticated, () => watch.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Test]
    public async Task The_same_request_is_answered_the_same_and_another_offer_refused()
    {
        var request = Request();
        var first = await OpenAsync(request);
        Assert.That(await OpenAsync(request), Is.EqualTo(first));
        Assert.That(first.SdpAnswer, Does.Contain(first.IceUfrag));

        request.SdpOffer = _client.CreateOffer(hasMicrophone: true, slots: 1);
        await ExpectAsync(StatusCode.AlreadyExists, () => OpenAsync(request));
    }

    [Test]
    public async Task A_media_id_is_given_once_in_a_room()
    {
        await OpenAsync(Request());
        var second = Request();
        second.SessionId = "session-2";
        await ExpectAsync(StatusCode.AlreadyExists, () => OpenAsync(second));
        second.RoomId = "another room";
        await OpenAsync(second);
    }

    [Test]
    public async Task An_offer_with_video_is_refused_with_the_reason_and_leaves_nothing()
    {
        var request = Request();
        request.SdpOffer += "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:9\r\n";
        var refusal = await ExpectAsync(StatusCode.InvalidArgument, () => OpenAsync(request));
        Assert.That(refusal.Status.Detail, Does.Contain("video"));
        Assert.That((await OpenAsync(Request())).SdpAnswer, Is.Not.Empty, "The id is free again.");
    }

    [TestCase("session_id")]
    [TestCase("room_id")]
    [TestCase("media_id")]
    [TestCase("sdp_offer")]
    [TestCase("context")]
    public async Task A_field_out_of_bounds_is_named(string field)
    {
        var request = Request();
        request.SessionId = field == "session_id" ? new string('x', 65) : request.SessionId;
        request.RoomId = field == "room_id" ? "" : request.RoomId;
        request.MediaId = field == "media_id" ? 0 : request.MediaId;
        request.SdpOffer = field == "sdp_offer" ? new string('x', 65_537) : request.SdpOffer;
        request.Context = field == "context" ? ByteString.CopyFrom(new byte[4097]) : request.Context;
        var refusal = await ExpectAsync(StatusCode.InvalidArgument, () => OpenAsync(request));
        Assert.That(refusal.Status.Detail, Does.Contain(field));
    }

    [Test]
    public async Task A_watcher_gets_the_snapshot_then_heartbeats_and_what_happens()
    {
        var request = Request();
        request.Context = ByteString.CopyFromUtf8("whose it is");
        _client.Accept((await OpenAsync(request)).SdpAnswer);
        using var watch = _sfu.Control.Watch(new WatchRequest(), SfuUnderTest.Authorization);
        var snapshot = (await NextAsync(watch, nodeEvent => true)).Snapshot;
        Assert.That(snapshot.NodeId, Is.EqualTo("node-1"));
        Assert.That(snapshot.Sessions.Single().Context.ToStringUtf8(), Is.EqualTo("whose it is"));
        Assert.That(snapshot.Sessions.Single().Permissions, Is.EqualTo(Speaker));
        Assert.That(snapshot.Sessions.Single().Connected, Is.False);

        Conversation.Connect(_client);
        var connected = await NextAsync(watch, nodeEvent => nodeEvent.SessionConnected is not null);
        Assert.That(connected.SessionConnected.SessionId, Is.EqualTo(request.SessionId));
        var beat = (await NextAsync(watch, nodeEvent => nodeEvent.Heartbeat is not null)).Heartbeat;
        var next = (await NextAsync(watch, nodeEvent => nodeEvent.Heartbeat is not null)).Heartbeat;
        Assert.That(next.Number, Is.EqualTo(beat.Number + 1));
        Assert.That(next.SessionCount, Is.EqualTo(1));

        _client.Close();
        var lost = await NextAsync(watch, nodeEvent => nodeEvent.SessionLost is not null);
        Assert.That(lost.SessionLost.Reason, Is.EqualTo(SessionLostReason.Closed));
    }

    [Test]
    public async Task Ice_is_restarted_with_new_credentials_and_the_same_ones_get_the_same_answer()
    {
        _client.Accept((await OpenAsync(Request())).SdpAnswer);
        Conversation.Connect(_client);
        var restart = new RestartIceRequest
        {
            SessionId = _client.SessionId,
            Credentials = new IceCredentials { Ufrag = "abcd", Password = "abcdefghijklmnopqrstuv" },
        };
        var first = await _sfu.Control.RestartIceAsync(restart, SfuUnderTest.Authorization);
        var second = await _sfu.Control.RestartIceAsync(restart, SfuUnderTest.Authorization);
        Assert.That(second, Is.EqualTo(first));
        Assert.That(first.Sdp, Does.Contain($"a=ice-ufrag:{first.IceUfrag}"));
        Assert.That(_client.Answer, Does.Not.Contain(first.IceUfrag));
    }

    [Test]
    public async Task A_closed_room_has_no_sessions()
    {
        _client.Accept((await OpenAsync(Request())).SdpAnswer);
        Conversation.Connect(_client);
        await _sfu.Control.CloseRoomAsync(new CloseRoomRequest { RoomId = "room" }, SfuUnderTest.Authorization);
        Conversation.Until(() => _client.IsOver, "the client is told", _client);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync($"{_sfu.HealthAddress}/metrics");
        Assert.That(metrics, Does.Contain("spaces_sfu_sessions 0\n").And.Contain("spaces_sfu_rooms 0\n"));
    }

    [Test]
    public async Task It_stops_within_two_seconds_while_it_is_watched_and_says_goodbye()
    {
        _client.Accept((await OpenAsync(Request())).SdpAnswer);
        Conversation.Connect(_client);
        using var watch = _sfu.Control.Watch(new WatchRequest(), SfuUnderTest.Authorization);
        await NextAsync(watch, nodeEvent => nodeEvent.Snapshot is not null);

        var clock = Stopwatch.StartNew();
        await _sfu.StopAsync();
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(2)));
        Conversation.Until(() => _client.IsOver, "the client is told", _client);
    }

    private OpenSessionRequest Request() =>
        new()
        {
            SessionId = _client.SessionId,
            RoomId = "room",
            MediaId = 1,
            SdpOffer = _client.CreateOffer(hasMicrophone: true, slots: 3),
            Permissions = Speaker,
        };

    private async Task<OpenSessionResponse> OpenAsync(OpenSessionRequest request) =>
        await _sfu.Control.OpenSessionAsync(request, SfuUnderTest.Authorization);

    private static async Task<RpcException> ExpectAsync(StatusCode code, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => call());
        Assert.That(failure!.StatusCode, Is.EqualTo(code));
        return failure;
    }

    private static async Task<NodeEvent> NextAsync(
        AsyncServerStreamingCall<NodeEvent> watch,
        Func<NodeEvent, bool> isWanted
    )
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await watch.ResponseStream.MoveNext(timeout.Token))
        {
            if (isWanted(watch.ResponseStream.Current))
            {
                return watch.ResponseStream.Current;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
