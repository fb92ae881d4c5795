using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

/// <summary>
/// Goal: whatever a permitted speaker sends, everybody's streams run on and the others are heard. Method: authentic
/// packets with everything wrong that a header and a payload can have, in virtual time, beside an honest speaker.
/// </summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class HostileMicrophoneTests
{
    private const uint Mallory = 1;
    private const uint Ben = 2;
    private const uint Eve = 3;
    private const uint Player = 4;
    private const byte Opus = 111;
    private const byte Red = 63;
    private const int Frames = 1_000;
    private const int GapMax = 500;

    private readonly RoutingWorld _world = new();
    private readonly byte[] _packet = new byte[1500];
    private ushort _number;
    private uint _timestamp;

    [Test]
    public void Streams_run_on_and_the_honest_are_heard_whatever_one_speaker_sends([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        _world.Join(Mallory);
        _world.Join(Ben);
        _world.Join(Eve, mayPublish: false);
        _world.Join(Player, mayPublish: false, slots: 1);
        var microphone = new Microphone(Mallory, new MicrophoneFormat(Opus, Red, 1, 7), _world.Router)
        {
            MayPublish = true,
        };
        for (var frame = 0; frame < Frames; frame++)
        {
            for (var i = random.Next(4); i >= 0; i--)
            {
                microphone.Handle(_packet.AsSpan(0, Build(random)), _world.Now);
            }

            _world.Speak(Ben);
        }

        foreach (var listener in new[] { Ben, Eve, Player })
        {
            AssertRunsOn(_world.Received[listener].Packets);
        }

        Assert.That(
            _world.Received[Eve].Packets.Count(packet => packet.Speaker == Ben),
            Is.GreaterThan(Frames * 95 / 100)
        );
        Assert.That(_world.Received[Eve].Packets.Exists(packet => packet.Speaker == Mallory), Is.True);
    }

    private static void AssertRunsOn(List<RoutingWorld.Packet> packets)
    {
        foreach (var stream in packets.GroupBy(packet => packet.Ssrc))
        {
            var last = stream.First();
            foreach (var next in stream.Skip(1))
            {
                Assert.That((ushort)(next.SequenceNumber - last.SequenceNumber), Is.InRange(1, GapMax));
                Assert.That((int)(next.Timestamp - last.Timestamp), Is.Positive);
                Assert.That(next.Speaker, Is.AnyOf(Mallory, Ben));
                last = next;
            }
        }
    }

    /// <summary>A packet as good as any, but for one thing.</summary>
    private int Build(Random random)
    {
        var kind = random.Next(12);
        _number += (ushort)(kind == 0 ? random.Next(1, 30_000) : 1);
        _timestamp += 960;
        var timestamp = kind == 1 ? (uint)random.NextInt64(1L << 32) : _timestamp;
        var type = kind switch
        {
            2 => (byte)random.Next(128),
            3 => Red,
            _ => Opus,
        };
        var ssrc = kind == 4 ? (uint)random.Next() : 7u;
        var length = RtpPacketWriter.WriteHeader(_packet, new RtpHeader(type, true, _number, timestamp, ssrc));
        var payload = kind switch
        {
            5 => random.Next(1_150, 1_480),
            6 => random.Next(4),
            _ => 60,
        };
        random.NextBytes(_packet.AsSpan(length, payload));
        _packet[0] |= kind switch
        {
            7 => 0x0F, // 15 contributing sources
            8 => 0x10, // a header extension of any profile and length
            9 => 0x20, // padding of any length
            10 => 0x3F,
            _ => 0,
        };
        return kind == 11 ? random.Next(0, length) : length + payload;
    }
}
