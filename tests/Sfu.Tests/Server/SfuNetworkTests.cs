using System.Net;
using Spaces.V1;

namespace Spaces.Sfu.Tests.Server;

/// <summary>
/// Goal: audio goes on whatever the network does. Method: the whole process, real UDP on loopback, two workers, so that
/// the speaker and the listener are on different ones.
/// </summary>
[TestFixture]
internal sealed class SfuNetworkTests
{
    private const uint Ada = 1;
    private const uint Ben = 2;

    private static readonly SessionPermissions Speaker = new() { MayPublish = true, MaySubscribe = true };
    private static readonly SessionPermissions Listener = new() { MaySubscribe = true };

    [Test]
    public async Task Packets_that_change_places_on_the_way_in_are_heard_each_with_its_own_number()
    {
        await using var sfu = await SfuUnderTest.StartAsync(workers: 2);
        using var ada = await sfu.OpenAsync("room", Ada, Speaker);
        using var ben = await sfu.OpenAsync("room", Ben, Listener);
        Conversation.Connect(ada, ben);

        byte[][] frames = [.. Enumerable.Range(0, 6).Select(_ => ada.NextFrame())];
        foreach (var index in new[] { 0, 2, 1, 5, 4, 3 })
        {
            ada.SendRaw(frames[index]);
        }

        Conversation.Until(() => ben.Heard.Count == frames.Length, "all six are heard", ada, ben);
        var first = ben.Heard[0];
        Assert.That(
            ben.Heard.Select(packet => packet.SequenceNumber - first.SequenceNumber),
            Is.EqualTo(new[] { 0, 2, 1, 5, 4, 3 })
        );
        Assert.That(
            ben.Heard.Select(packet => packet.Timestamp - first.Timestamp),
            Is.EqualTo(new uint[] { 0, 2 * 960, 960, 5 * 960, 4 * 960, 3 * 960 })
        );
    }

    [Test]
    public async Task A_packet_sent_again_by_the_network_is_heard_once()
    {
        await using var sfu = await SfuUnderTest.StartAsync(workers: 1);
        using var ada = await sfu.OpenAsync("room", Ada, Speaker);
        using var ben = await sfu.OpenAsync("room", Ben, Listener);
        Conversation.Connect(ada, ben);

        byte[][] frames = [.. Enumerable.Range(0, 3).Select(_ => ada.NextFrame())];
        foreach (var index in new[] { 0, 0, 2, 1, 1, 2 })
        {
            ada.SendRaw(frames[index]);
        }

        ada.SendRaw(ada.NextFrame());
        Conversation.Until(() => ben.Heard.Count >= 4, "the last is heard", ada, ben);
        var numbers = ben.Heard.Select(packet => packet.SequenceNumber - ben.Heard[0].SequenceNumber);
        Assert.That(numbers, Is.EqualTo(new[] { 0, 2, 1, 3 }));
    }

    [Test]
    public async Task An_ice_restart_moves_the_media_to_the_new_path()
    {
        await using var sfu = await SfuUnderTest.StartAsync(workers: 2);
        using var ada = await sfu.OpenAsync("room", Ada, Speaker);
        using var ben = await sfu.OpenAsync("room", Ben, Speaker);
        Conversation.Connect(ada, ben);
        Conversation.Until(() => ben.Heard.Count > 5 && ada.Heard.Count > 5, "both are heard", [ada, ben], [ada, ben]);
        var heardBefore = ada.Heard.Count;
        var before = ben.LocalEndPoint;

        var own = ben.RenewIce();
        var restart = new RestartIceRequest
        {
            SessionId = ben.SessionId,
            Credentials = new IceCredentials { Ufrag = own.Ufrag, Password = own.Password },
        };
        var answer = await sfu.Control.RestartIceAsync(restart, SfuUnderTest.Authorization);
        ben.RestartIceFromElsewhere(answer.Sdp);

        Assert.That(ben.LocalEndPoint, Is.Not.EqualTo(before));
        Conversation.Until(
            () => ben.HeardHere > 5 && ada.Heard.Count > heardBefore + 5,
            "both are heard over the new path",
            [ada, ben],
            [ada, ben]
        );
    }

    [Test]
    public async Task Media_flows_over_ipv6()
    {
        await using var sfu = await SfuUnderTest.StartAsync(workers: 2, IPAddress.IPv6Loopback);
        var overIpv6 = (uint mediaId) => new MediaClient($"room-{mediaId}", mediaId, IPAddress.IPv6Loopback);
        using var ada = await sfu.OpenAsync(overIpv6(Ada), "room", Speaker);
        using var ben = await sfu.OpenAsync(overIpv6(Ben), "room", Listener);
        Assert.That(ben.Answer, Does.Contain(" ::1 "));

        Conversation.Connect(ada, ben);
        Conversation.Until(() => ben.Heard.Count > 10, "Ada is heard", [ada], [ada, ben]);
        Assert.That(ben.HeardSpeakers, Is.EqualTo(new[] { Ada }));
    }

    [Test]
    public async Task Who_sends_no_audio_levels_is_heard_all_the_same()
    {
        await using var sfu = await SfuUnderTest.StartAsync(workers: 2);
        var withoutLevels = new MediaClient("room-1", Ada, hasLevels: false);
        using var ada = await sfu.OpenAsync(withoutLevels, "room", Speaker, hasMicrophone: true, slots: 0);
        using var player = await sfu.OpenAsync("room", Ben, Listener, hasMicrophone: false, slots: 1);
        Assert.That(ada.Answer, Does.Not.Contain("ssrc-audio-level"));

        Conversation.Connect(ada, player);
        Conversation.Until(() => player.Heard.Count > 10, "the player hears Ada", [ada], [ada, player]);
        Assert.That(player.HeardSpeakers, Is.EqualTo(new[] { Ada }));
    }
}
