using Grpc.Core;
using Spaces.V1;

namespace Spaces.Sfu.Tests.Server;

/// <summary>
/// Goal: people hear each other through the process, and only whom they may hear. Method: gRPC control, real UDP on
/// loopback, clients of our own stack; with one worker and with several.
/// </summary>
[TestFixture(1)]
[TestFixture(3)]
internal sealed class SfuEndToEndTests(int workers)
{
    private static readonly SessionPermissions Speaker = new() { MayPublish = true, MaySubscribe = true };
    private static readonly SessionPermissions Listener = new() { MaySubscribe = true };

    private readonly List<MediaClient> _clients = [];
    private SfuUnderTest _sfu = null!;

    [SetUp]
    public async Task SetUp() => _sfu = await SfuUnderTest.StartAsync(workers);

    [TearDown]
    public async Task TearDown()
    {
        _clients.ForEach(client => client.Dispose());
        _clients.Clear();
        await _sfu.DisposeAsync();
    }

    [Test]
    public async Task Everybody_hears_all_the_others_and_nobody_themselves()
    {
        var ada = await OpenAsync(1, Speaker);
        var ben = await OpenAsync(2, Speaker);
        var cleo = await OpenAsync(3, Speaker);
        var dan = await OpenAsync(4, Speaker);
        var eve = await OpenAsync(5, Listener);
        Conversation.Connect(_clients);

        MediaClient[] speaking = [ada, ben, cleo, dan];
        Conversation.Until(
            () => speaking.All(speaker => speaker.HeardSpeakers.Count() == 3) && eve.Heard.Count > 50,
            "all four hear three",
            speaking,
            _clients
        );

        Assert.Multiple(() =>
        {
            Assert.That(ada.HeardSpeakers, Is.EqualTo(new uint[] { 2, 3, 4 }));
            Assert.That(ben.HeardSpeakers, Is.EqualTo(new uint[] { 1, 3, 4 }));
            Assert.That(cleo.HeardSpeakers, Is.EqualTo(new uint[] { 1, 2, 4 }));
            Assert.That(dan.HeardSpeakers, Is.EqualTo(new uint[] { 1, 2, 3 }));
            Assert.That(eve.HeardSpeakers.Count(), Is.GreaterThanOrEqualTo(3));
            Assert.That(eve.Heard.Select(packet => packet.Ssrc).Distinct(), Has.Exactly(3).Items);
        });
        AssertContentIsTheSpeakers();
    }

    [Test]
    public async Task A_listener_is_heard_by_nobody_until_allowed_and_never_again_after_it_is_taken_away()
    {
        var host = await OpenAsync(1, Speaker);
        var guest = await OpenAsync(2, Listener);
        Conversation.Connect(_clients);

        Conversation.Speak(25, [guest], _clients);
        Assert.That(host.Heard, Is.Empty, "A listener's packets went through.");

        await _sfu.SetPermissionsAsync(guest, Speaker);
        Conversation.Until(() => host.Heard.Count > 10, "the guest is heard", [guest], _clients);

        await _sfu.SetPermissionsAsync(guest, Listener);
        host.Pump(); // What had arrived before the answer to the call.
        var heardBefore = host.Heard.Count;
        Conversation.Speak(50, [guest], _clients);
        Assert.That(host.Heard, Has.Count.EqualTo(heardBefore), "Packets went through against the permission.");
    }

    [Test]
    public async Task A_muted_speaker_is_silent_and_heard_again_without_a_gap_in_the_numbers()
    {
        var ada = await OpenAsync(1, Speaker);
        var ben = await OpenAsync(2, Listener);
        Conversation.Connect(_clients);
        Conversation.Until(() => ben.Heard.Count > 5, "Ada is heard", [ada], _clients);

        await _sfu.SetPermissionsAsync(ada, new SessionPermissions(Speaker) { Muted = true });
        ben.Pump();
        var heardBefore = ben.Heard.Count;
        Conversation.Speak(20, [ada], _clients);
        Assert.That(ben.Heard, Has.Count.EqualTo(heardBefore));

        await _sfu.SetPermissionsAsync(ada, Speaker);
        Conversation.Until(() => ben.Heard.Count > heardBefore + 5, "Ada is heard again", [ada], _clients);
        AssertEverySlotRunsOn(ben);
    }

    [Test]
    public async Task A_closed_session_is_forwarded_no_more_and_its_client_is_told()
    {
        var ada = await OpenAsync(1, Speaker);
        var ben = await OpenAsync(2, Listener);
        Conversation.Connect(_clients);
        Conversation.Until(() => ben.Heard.Count > 5, "Ada is heard", [ada], _clients);

        var close = new CloseSessionRequest { SessionId = ada.SessionId };
        await _sfu.Control.CloseSessionAsync(close, SfuUnderTest.Authorization);
        await _sfu.Control.CloseSessionAsync(close, SfuUnderTest.Authorization);
        Conversation.Until(() => ada.IsOver && ada.Goodbyes > 0, "the client knows", _clients);
        ben.Pump();
        var heardBefore = ben.Heard.Count;
        var dead = await Assert.ThrowsAsync<RpcException>(() => _sfu.SetPermissionsAsync(ada, Speaker));
        Assert.That(dead!.StatusCode, Is.EqualTo(StatusCode.NotFound));
        Assert.That(ben.Heard, Has.Count.EqualTo(heardBefore));
    }

    [Test]
    public async Task Red_is_unwrapped_and_foreign_streams_are_dropped()
    {
        var ada = await OpenAsync(1, Speaker);
        var ben = await OpenAsync(2, Listener);
        Conversation.Connect(_clients);

        for (var i = 0; i < 10; i++)
        {
            ada.Speak(ssrc: 99);
        }

        for (var i = 0; i < 10; i++)
        {
            ada.Speak(asRed: true);
        }

        Conversation.Until(() => ben.Heard.Count == 10, "the ten packets in RED are heard", _clients);
        Assert.That(_sfu.Workers.Sum(worker => worker.Drops.Foreign), Is.EqualTo(10));
        AssertContentIsTheSpeakers();
    }

    [Test]
    public async Task Publishers_learn_how_they_arrive_and_listeners_what_time_it_is()
    {
        var ada = await OpenAsync(1, Speaker);
        var ben = await OpenAsync(2, Listener);
        Conversation.Connect(_clients);

        Conversation.Until(
            () => ada.Reports.Count > 0 && ben.SenderReports > 0,
            "both reports are there",
            [ada],
            _clients
        );

        Assert.That(ada.Reports[^1].Ssrc, Is.EqualTo(ada.MicrophoneSsrc));
        Assert.That(ada.Reports[^1].FractionLost, Is.Zero);
    }

    [Test]
    public async Task A_player_with_one_slot_follows_the_loudest()
    {
        var ada = await OpenAsync(1, Speaker);
        var ben = await OpenAsync(2, Speaker);
        var player = await _sfu.OpenAsync("room", 3, Listener, hasMicrophone: false, slots: 1);
        _clients.Add(player);
        Conversation.Connect(_clients);

        Conversation.Until(() => player.Heard.Count > 10, "Ada is heard", [ada], _clients);
        Conversation.Until(() => player.Heard.Exists(packet => packet.Speaker == 2), "then Ben", [ben], _clients);

        Assert.That(player.Heard.Select(packet => packet.Ssrc).Distinct(), Has.Exactly(1).Items);
        AssertEverySlotRunsOn(player);
    }

    private async Task<MediaClient> OpenAsync(uint mediaId, SessionPermissions permissions)
    {
        var client = await _sfu.OpenAsync("room", mediaId, permissions);
        _clients.Add(client);
        return client;
    }

    private void AssertContentIsTheSpeakers()
    {
        foreach (var packet in _clients.SelectMany(client => client.Heard))
        {
            Assert.That(packet.Content, Is.EqualTo((byte)packet.Speaker));
            Assert.That(packet.PayloadType, Is.EqualTo(MediaClient.OpusPayloadType));
            Assert.That(packet.CsrcCount, Is.EqualTo(1));
        }
    }

    private static void AssertEverySlotRunsOn(MediaClient listener)
    {
        foreach (var slot in listener.Heard.GroupBy(packet => packet.Ssrc))
        {
            var numbers = slot.Select(packet => packet.SequenceNumber).ToList();
            for (var i = 1; i < numbers.Count; i++)
            {
                Assert.That(numbers[i], Is.EqualTo((ushort)(numbers[i - 1] + 1)), "A number is missing.");
            }
        }
    }
}
