using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MicrophoneTests
{
    private const byte Opus = 111;
    private const byte Red = 63;
    private static readonly Instant Start = Instant.Zero + TimeSpan.FromHours(1);

    private readonly RecordingSink _room = new();

    [Test]
    public void An_announced_ssrc_is_the_only_one()
    {
        var microphone = Create(ssrc: 7);
        Assert.That(microphone.Handle(Packet(ssrc: 8), Start), Is.EqualTo(MicrophoneVerdict.Foreign));
        Assert.That(microphone.Handle(Packet(ssrc: 7), Start), Is.EqualTo(MicrophoneVerdict.Routed));
    }

    [Test]
    public void Without_an_announcement_the_first_packet_of_a_negotiated_type_decides()
    {
        var microphone = Create(ssrc: null);
        Assert.That(microphone.Handle(Packet(ssrc: 5, payloadType: 0), Start), Is.EqualTo(MicrophoneVerdict.Foreign));
        Assert.That(microphone.Handle(Packet(ssrc: 6), Start), Is.EqualTo(MicrophoneVerdict.Routed));
        Assert.That(microphone.Handle(Packet(ssrc: 5), Start), Is.EqualTo(MicrophoneVerdict.Foreign));
    }

    [Test]
    public void Red_is_unwrapped_to_the_packets_own_audio()
    {
        byte[] payload = [0x80 | Opus, 0x0F, 0x00, 0x02, Opus, 1, 2, 3, 4, 5];
        Assert.That(Create(7).Handle(Packet(7, Red, payload), Start), Is.EqualTo(MicrophoneVerdict.Routed));
        Assert.That(_room.Payloads.Single(), Is.EqualTo(new byte[] { 3, 4, 5 }));
    }

    [Test]
    public void Red_of_another_codec_or_cut_short_is_malformed()
    {
        var microphone = Create(7);
        Assert.That(microphone.Handle(Packet(7, Red, [0, 1, 2]), Start), Is.EqualTo(MicrophoneVerdict.Malformed));
        Assert.That(microphone.Handle(Packet(7, Red, [0x80, 1]), Start), Is.EqualTo(MicrophoneVerdict.Malformed));
        Assert.That(microphone.Handle(Packet(7, Opus, []), Start), Is.EqualTo(MicrophoneVerdict.Malformed));
        Assert.That(microphone.Handle([0x80], Start), Is.EqualTo(MicrophoneVerdict.Malformed));
    }

    [Test]
    public void Without_the_right_nothing_reaches_the_room_but_reception_is_reported()
    {
        var microphone = Create(7);
        microphone.MayPublish = false;
        Assert.That(microphone.Handle(Packet(7), Start), Is.EqualTo(MicrophoneVerdict.Forbidden));
        Assert.That(_room.Payloads, Is.Empty);
        Assert.That(microphone.TryReport(Start, out var report) && report.Ssrc == 7);
    }

    [Test]
    public void A_flood_is_cut_down_to_the_rate_of_a_microphone()
    {
        var microphone = Create(7);
        var routed = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var now = Start + TimeSpan.FromMilliseconds(i);
            routed += microphone.Handle(Packet(7, number: (ushort)i), now) == MicrophoneVerdict.Routed ? 1 : 0;
        }

        Assert.That(routed, Is.InRange(1200, 1300), "120 packets a second for ten seconds, and one burst");
    }

    [Test]
    public void A_lost_packet_is_taken_from_the_next_one_that_carries_it_and_not_again_when_it_comes_late()
    {
        var microphone = Create(7);
        byte[] before = [0x78, 9, 9, 9];
        byte[] red = [0x80 | Opus, 960 >> 6, (960 << 2) & 0xFF, 4, Opus, .. before, 0x78, 5, 5, 5];

        Assert.That(microphone.Handle(Packet(7, number: 10), Start), Is.EqualTo(MicrophoneVerdict.Routed));
        Assert.That(microphone.Handle(Packet(7, Red, red, 12), Start), Is.EqualTo(MicrophoneVerdict.Routed));
        Assert.That(
            microphone.Handle(Packet(7, payload: before, number: 11), Start),
            Is.EqualTo(MicrophoneVerdict.Repeated)
        );

        Assert.That(_room.Payloads, Has.Count.EqualTo(3));
        Assert.That(_room.Payloads[1], Is.EqualTo(before));
        Assert.That(microphone.NextRequest, Is.Null);
    }

    [Test]
    public void Missing_packets_are_asked_for_twice_a_round_trip_and_given_up_in_time()
    {
        var missing = new MissingPackets();
        var numbers = new ushort[MissingPackets.CountMax];
        missing.TryReceive(65_534, Start);
        missing.TryReceive(1, Start);
        var asked = new List<ushort>();
        while (missing.NextRequest is { } due && due < Start + TimeSpan.FromSeconds(1))
        {
            asked.AddRange(numbers[..missing.TakeDue(due, numbers)]);
            missing.TryReceive(65_535, due);
        }

        Assert.That(asked.Count(number => number == 65_535), Is.EqualTo(1), "It came after the first request.");
        Assert.That(asked.Count(number => number == 0), Is.InRange(8, 12), "250 ms at 25 ms each");
    }

    [Test]
    public void An_outage_is_not_asked_for()
    {
        var missing = new MissingPackets();
        missing.TryReceive(10, Start);
        missing.TryReceive(50, Start);
        Assert.That(missing.NextRequest, Is.Null);
    }

    private Microphone Create(uint? ssrc) =>
        new(1, new MicrophoneFormat(Opus, Red, 0, ssrc), _room) { MayPublish = true };

    private static byte[] Packet(uint ssrc, byte payloadType = Opus, byte[]? payload = null, ushort number = 1)
    {
        payload ??= [0x78, 1, 2, 3];
        var packet = new byte[12 + payload.Length];
        RtpPacketWriter.WriteHeader(packet, new RtpHeader(payloadType, false, number, number * 960u, ssrc));
        payload.CopyTo(packet, 12);
        return packet;
    }

    private sealed class RecordingSink : IAudioSink
    {
        public List<byte[]> Payloads { get; } = [];

        public void Route(in AudioPacket packet, Instant now) => Payloads.Add(packet.Payload.ToArray());
    }
}
