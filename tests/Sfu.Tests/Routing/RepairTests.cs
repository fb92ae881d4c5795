using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

/// <summary>Goal: what got lost is sent again, the same to the byte, and no more than a listener may ask for.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RepairTests
{
    private const uint Ada = 1;
    private const uint Ben = 2;
    private const uint Cleo = 3;
    private const byte Opus = 111;
    private const byte Red = 63;
    private const uint FirstSsrc = 1000;

    private readonly RoomRouter _router = new(new Random(1));
    private readonly RoomAudience _audience = new();
    private readonly Dictionary<uint, (ushort Number, uint Timestamp)> _voices = [];
    private Instant _now = Instant.Zero + TimeSpan.FromHours(1);

    [Test]
    public void Whatever_happens_a_packet_sent_again_has_the_bytes_of_the_first_time([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var listeners = Enumerable.Range(0, 4).Select(i => Join(10 + (uint)i, random)).ToArray();
        uint[] speakers = [Ada, Ben, Cleo, 10, 11];
        Array.ForEach(speakers, speaker => _router.SetPublishing(speaker, mayPublish: true));
        for (var step = 0; step < 3000; step++)
        {
            Say(speakers[random.Next(speakers.Length)], random, level: (byte)random.Next(10, 90));
            _now += TimeSpan.FromMilliseconds(random.Next(100) == 0 ? random.Next(9000) : random.Next(15));
            var (listener, transport) = listeners[random.Next(listeners.Length)];
            if (random.Next(50) == 0)
            {
                listener.HandleReport(Report((byte)random.Next(80)), TimeSpan.Zero, _now);
            }

            transport.IsReachable = random.Next(30) > 0;
            if (transport.Sent.Count > 0)
            {
                Ask(listener, transport.Last + random.Next(-40, 3), random.Next(1 << 16));
            }
        }

        Assert.That(listeners.Sum(entry => entry.Listener.SentAgain), Is.GreaterThan(500));
        Assert.That(listeners.Sum(entry => entry.Transport.RedCount), Is.GreaterThan(20));
    }

    [Test]
    public void A_lost_packet_is_sent_again_once_for_each_round_trip()
    {
        var (listener, transport) = Join(10, new Random(1));
        Speak(10);
        listener.HandleReport(Report(0), TimeSpan.FromMilliseconds(80), _now);

        Ask(listener, transport.Last - 2, 0);
        Ask(listener, transport.Last - 2, 0);
        Assert.That(listener.SentAgain, Is.EqualTo(1));

        _now += TimeSpan.FromMilliseconds(80);
        Ask(listener, transport.Last - 2, 0);
        Assert.That(listener.SentAgain, Is.EqualTo(2));
    }

    [Test]
    public void A_thousand_requests_a_second_get_no_more_than_the_stream_itself()
    {
        var (listener, transport) = Join(10, new Random(1));
        var before = transport.Sent.Count;
        for (var i = 0; i < 500; i++)
        {
            Speak(1);
            for (var request = 0; request < 20; request++)
            {
                Ask(listener, transport.Last - 16, ushort.MaxValue);
            }
        }

        Assert.That(listener.SentAgain, Is.LessThanOrEqualTo(transport.Sent.Count - before + 64));
        Assert.That(listener.SentAgain, Is.GreaterThan(100));
    }

    [Test]
    public void Requests_for_another_source_or_without_agreement_get_nothing()
    {
        var (deaf, deafTransport) = Join(10, new Random(1), hasNack: false);
        var (listener, transport) = Join(11, new Random(1));
        Speak(10);

        Ask(deaf, deafTransport.Last, 0);
        Ask(listener, transport.Last, 0, ssrc: 77);

        Assert.That(deaf.SentAgain + listener.SentAgain, Is.Zero);
    }

    [Test]
    public void Who_loses_packets_gets_the_frames_before_in_each_and_no_longer_when_the_loss_ends()
    {
        var (listener, transport) = Join(10, new Random(1));
        var (other, otherTransport) = Join(11, new Random(1));
        Speak(10);
        Assert.That(transport.RedCount, Is.Zero);

        listener.HandleReport(Report(fractionLost: 26), TimeSpan.Zero, _now);
        Speak(10);
        Assert.That(transport.RedCount, Is.EqualTo(10));
        Assert.That(transport.LastBlocks, Is.EqualTo(1));

        _now += TimeSpan.FromSeconds(5);
        listener.HandleReport(Report(fractionLost: 60), TimeSpan.Zero, _now);
        Speak(10);
        Assert.That(transport.LastBlocks, Is.EqualTo(2));

        _now += TimeSpan.FromSeconds(5);
        listener.HandleReport(Report(fractionLost: 0), TimeSpan.Zero, _now);
        Speak(10);
        Assert.That(transport.RedCount, Is.EqualTo(20));
        Assert.That(otherTransport.RedCount, Is.Zero, $"{other.MediaId} lost nothing.");
    }

    private static ReportBlock Report(byte fractionLost) => new(FirstSsrc, fractionLost, 0, 0, 0, 0, 0);

    private void Ask(Listener listener, int number, int mask, uint ssrc = FirstSsrc)
    {
        byte[] packet =
        [
            0x81,
            205,
            0,
            3,
            0,
            0,
            0,
            1,
            (byte)(ssrc >> 24),
            (byte)(ssrc >> 16),
            (byte)(ssrc >> 8),
            (byte)ssrc,
            (byte)(number >> 8),
            (byte)number,
            (byte)(mask >> 8),
            (byte)mask,
        ];
        foreach (var part in new RtcpCompound(packet))
        {
            Assert.That(NackView.TryParse(part, out var nack));
            listener.HandleNack(nack, _now);
        }
    }

    private (Listener Listener, Transport Transport) Join(uint mediaId, Random random, bool hasNack = true)
    {
        var transport = new Transport();
        var slot = new SlotFormat(FirstSsrc, Opus, Red, hasNack);
        var listener = new Listener(mediaId, [slot], transport, random);
        _audience.Add(listener);
        _router.AttachListener(1, _audience);
        _router.SetPublishing(Ada, mayPublish: true);
        return (listener, transport);
    }

    private void Speak(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Say(Ada, new Random(i), level: 20);
            _now += TimeSpan.FromMilliseconds(20);
        }
    }

    /// <summary>The next packet, or one that was late, or after a gap.</summary>
    private void Say(uint speaker, Random random, byte level)
    {
        var (number, timestamp) = _voices.GetValueOrDefault(speaker);
        var gap = level != 20 && random.Next(20) == 0 ? random.Next(1, 5) : 0;
        var next = (ushort)(number + 1 + gap);
        _voices[speaker] = (next, timestamp + (960 * (uint)(1 + gap)));
        var payload = new byte[random.Next(20, 200)];
        random.NextBytes(payload);
        payload[0] = 0x78;
        _router.Route(new AudioPacket(speaker, next, _voices[speaker].Timestamp, false, level, payload), _now);
        if (gap > 0)
        {
            var late = new AudioPacket(
                speaker,
                (ushort)(next - 1),
                _voices[speaker].Timestamp - 960,
                false,
                level,
                payload
            );
            _router.Route(late, _now);
        }
    }

    /// <summary>Keeps every packet by its number, and holds a second one of the same number to the first.</summary>
    private sealed class Transport : IListenerTransport
    {
        private readonly byte[] _buffer = new byte[3000];

        public Dictionary<ushort, byte[]> Sent { get; } = [];

        public ushort Last { get; private set; }

        public int RedCount { get; private set; }

        public int LastBlocks { get; private set; }

        public bool IsReachable { get; set; } = true;

        public bool TryRent(out Span<byte> buffer)
        {
            buffer = _buffer;
            return IsReachable;
        }

        public void Send(int length)
        {
            Assert.That(RtpPacketView.TryParse(_buffer.AsSpan(0, length), out var rtp));
            Assert.That(Sent.TryAdd(rtp.SequenceNumber, _buffer[..length]), "A number is used once.");
            Last = (short)(rtp.SequenceNumber - Last) > 0 || Sent.Count == 1 ? rtp.SequenceNumber : Last;
            LastBlocks = 0;
            if (rtp.PayloadType == Red)
            {
                RedCount++;
                Assert.That(RedPayloadView.TryParse(rtp.Payload, out var red));
                Assert.That(red.Primary.PayloadType, Is.EqualTo(Opus));
                LastBlocks = red.RedundantCount;
            }
        }

        public void SendAgain(int length)
        {
            var bytes = _buffer[..length];
            var number = (ushort)((bytes[2] << 8) | bytes[3]);
            if (!Sent.TryAdd(number, bytes))
            {
                Assert.That(bytes, Is.EqualTo(Sent[number]), $"Packet {number} sent again");
            }
        }
    }
}
