using System.Buffers.Binary;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

/// <summary>A room in virtual time: what everybody receives lies in lists.</summary>
internal sealed class RoutingWorld
{
    private const uint FrameSamples = 960;

    private readonly Random _random = new(1);
    private readonly Dictionary<uint, (ushort Number, uint Timestamp)> _voices = [];
    private readonly Dictionary<uint, int> _said = [];
    private readonly RoomAudience _audience = new();

    public RoutingWorld() => Router = new RoomRouter(new Random(2));

    public static TimeSpan FrameDuration { get; } = TimeSpan.FromMilliseconds(20);

    public RoomRouter Router { get; }

    public Instant Now { get; set; } = Instant.Zero + TimeSpan.FromHours(1);

    public Dictionary<uint, ListTransport> Received { get; } = [];

    /// <summary>Adds a participant who may speak and hears the room in so many slots.</summary>
    public Listener Join(uint mediaId, bool mayPublish = true, int slots = 3)
    {
        var transport = new ListTransport();
        Received[mediaId] = transport;
        var formats = Enumerable.Range(0, slots).Select(i => new SlotFormat(SsrcOf(i), 111)).ToArray();
        var listener = new Listener(mediaId, formats, transport, _random);
        _audience.Add(listener);
        Router.AttachListener(slots, _audience);
        Router.SetPublishing(mediaId, mayPublish);
        _voices[mediaId] = ((ushort)_random.Next(1 << 16), (uint)_random.Next());
        return listener;
    }

    public void Leave(Listener listener)
    {
        _audience.Remove(listener);
        Router.DetachListener(listener.SlotCount, _audience);
        Router.RemoveTrack(listener.MediaId);
    }

    public void StopListening(Listener listener) => _audience.Remove(listener);

    public void Listen(Listener listener) => _audience.Add(listener);

    /// <summary>How many frames a speaker has sent; every frame carries its number.</summary>
    public int SaidBy(uint speaker) => _said.GetValueOrDefault(speaker);

    public static uint SsrcOf(int slot) => 1000 + (uint)slot;

    /// <summary>One 20 ms packet of each, then the clock goes on.</summary>
    public void Speak(params ReadOnlySpan<uint> speakers) => Speak(level: 20, speakers);

    public void Speak(byte level, params ReadOnlySpan<uint> speakers)
    {
        foreach (var speaker in speakers)
        {
            Say(speaker, level);
        }

        Now += FrameDuration;
    }

    /// <summary>One packet; the clock stands.</summary>
    public void Say(uint speaker, byte level = 20, int payloadLength = 60)
    {
        var (number, timestamp) = _voices[speaker];
        _voices[speaker] = ((ushort)(number + 1), timestamp + FrameSamples);
        Span<byte> payload = stackalloc byte[payloadLength];
        payload.Fill((byte)speaker);
        payload[0] = 0x78; // an Opus TOC: one frame of 20 ms
        if (payloadLength >= 8)
        {
            BinaryPrimitives.WriteInt32BigEndian(payload[4..], SaidBy(speaker));
        }

        _said[speaker] = SaidBy(speaker) + 1;
        Router.Route(new AudioPacket(speaker, number, timestamp, false, level, payload), Now);
    }

    /// <summary>Time passes in which a voice is silent: its stamps go on, its numbers do not.</summary>
    public void Pause(TimeSpan duration)
    {
        Now += duration;
        foreach (var (speaker, voice) in _voices.ToArray())
        {
            _voices[speaker] = voice with { Timestamp = voice.Timestamp + (uint)(duration.TotalSeconds * 48_000) };
        }
    }

    /// <summary>Keeps what was sent, parsed.</summary>
    internal sealed class ListTransport : IListenerTransport
    {
        private readonly byte[] _buffer = new byte[2000];

        public List<Packet> Packets { get; } = [];

        public bool IsReachable { get; set; } = true;

        public IEnumerable<uint> Speakers => Packets.Select(packet => packet.Speaker).Distinct().Order();

        public bool TryRent(out Span<byte> buffer)
        {
            buffer = _buffer;
            return IsReachable;
        }

        public void SendAgain(int length) => Send(length);

        public void Send(int length)
        {
            Assert.That(RtpPacketView.TryParse(_buffer.AsSpan(0, length), out var rtp));
            var frame = rtp.Payload.Length < 8 ? -1 : BinaryPrimitives.ReadInt32BigEndian(rtp.Payload[4..]);
            Packets.Add(new Packet(rtp.Ssrc, rtp.Csrc(0), rtp.SequenceNumber, rtp.Timestamp, rtp.Marker, frame));
        }
    }

    internal sealed record Packet(
        uint Ssrc,
        uint Speaker,
        ushort SequenceNumber,
        uint Timestamp,
        bool HasMarker,
        int Frame
    );
}
