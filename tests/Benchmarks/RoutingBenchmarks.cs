using BenchmarkDotNet.Attributes;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Routing;

namespace Spaces.Benchmarks;

/// <summary>What is done once for a speaker's packet, and what once for each listener, without cryptography.</summary>
public class RoutingBenchmarks
{
    private const int SlotCount = 3;
    private const int PayloadLength = 80;
    private const uint FrameSamples = 960;

    private readonly byte[] _payload = new byte[PayloadLength];
    private readonly byte[] _packet = Packets.Rtp(PayloadLength)[..(Packets.HeaderLength + PayloadLength)];
    private RoomRouter _router = null!;
    private Listener _listener = null!;
    private int _round;
    private uint _copies;

    /// <summary>Who talk at once: with four there is a spare.</summary>
    [Params(1, 4, 20)]
    public int Speakers { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _router = new RoomRouter(new Random(1));
        _router.AttachListener(SlotCount, new DeafAudience());
        for (uint speaker = 1; speaker <= Speakers; speaker++)
        {
            _router.SetPublishing(speaker, mayPublish: true);
        }

        SlotFormat[] slots = [.. Enumerable.Range(0, SlotCount).Select(i => new SlotFormat(1000 + (uint)i, 111))];
        _listener = new Listener(99, slots, new BufferTransport(), new Random(1));
    }

    /// <summary>Permission, loudness, selection, and the packet for all of a room's listeners.</summary>
    [Benchmark]
    public void SelectAndBuild()
    {
        var speaker = (uint)(_round % Speakers) + 1;
        var frame = _round++ / Speakers;
        var now = Instant.Zero + TimeSpan.FromMilliseconds(20.0 * frame);
        var level = (byte)(20 + ((frame + speaker) % 10));
        _router.Route(new AudioPacket(speaker, (ushort)frame, (uint)frame * FrameSamples, false, level, _payload), now);
    }

    /// <summary>One listener's copy: its own number, time, SSRC and payload type.</summary>
    [Benchmark]
    public void RewriteForOneListener()
    {
        var number = _copies++;
        var timestamp = number * FrameSamples;
        var packet = new SlotPacket(
            SlotCount,
            0,
            1,
            1,
            (ushort)number,
            timestamp,
            false,
            960,
            default,
            _packet,
            default
        );
        _listener.Send(0, packet, Instant.Zero + TimeSpan.FromMilliseconds(20.0 * number));
    }

    private sealed class DeafAudience : IAudience
    {
        public void Deliver(in SlotPacket packet, Instant now) { }
    }

    private sealed class BufferTransport : IListenerTransport
    {
        private readonly byte[] _buffer = new byte[1600];

        public bool TryRent(out Span<byte> buffer)
        {
            buffer = _buffer;
            return true;
        }

        public void Send(int length) { }

        public void SendAgain(int length) { }
    }
}
