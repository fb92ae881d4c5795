using System.Buffers.Binary;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Simulation;

/// <summary>A participant's sending side: numbered frames, alone or in RED, and answers to requests.</summary>
internal sealed class SimulatedMicrophone(uint mediaId, PeerAbilities abilities, Random random)
{
    public const int FrameNumberOffset = 8;
    private const uint FrameSamples = 960;
    private const int PayloadLength = 60;
    private const int HistoryLength = 64;

    /// <summary>A browser sends nothing twice within its round trip.</summary>
    private static readonly TimeSpan AnswerInterval = TimeSpan.FromMilliseconds(45);

    private readonly byte[] _packet = new byte[400];
    private readonly byte[][] _history = new byte[HistoryLength][];
    private readonly Instant[] _answeredAt = new Instant[HistoryLength];
    private readonly byte[] _frame = new byte[PayloadLength];
    private readonly byte[] _frameBefore = new byte[PayloadLength];
    private ushort _sequenceNumber = (ushort)random.Next(1 << 16);
    private uint _timestamp = (uint)random.NextInt64(1L << 32);
    private uint _timestampBefore;

    public uint Ssrc { get; } = 0xA000_0000 | mediaId;

    /// <summary>When each frame was spoken.</summary>
    public List<Instant> SpokenAt { get; } = [];

    /// <summary>Packets that were sent again because the node asked.</summary>
    public int SentAgain { get; private set; }

    /// <summary>The next frame as a protected datagram.</summary>
    public ReadOnlyMemory<byte> Speak(Instant now, byte level, PeerTransport transport)
    {
        _frame.CopyTo(_frameBefore, 0);
        _frame[0] = 0x78; // an Opus TOC: one frame of 20 ms
        BinaryPrimitives.WriteUInt32BigEndian(_frame.AsSpan(4), mediaId);
        BinaryPrimitives.WriteInt32BigEndian(_frame.AsSpan(FrameNumberOffset), SpokenAt.Count);
        var hasBefore = abilities.SpeaksRed && SpokenAt.Count > 0 && _timestamp - _timestampBefore == FrameSamples;
        var payloadType = abilities.SpeaksRed ? PeerOffer.RedPayloadType : PeerOffer.OpusPayloadType;
        var length = WriteHeader(new RtpHeader(payloadType, false, _sequenceNumber, _timestamp, Ssrc), level);
        length += abilities.SpeaksRed
            ? WriteRed(_packet.AsSpan(length), hasBefore)
            : WritePlain(_packet.AsSpan(length));
        var datagram = _packet[..transport.ProtectRtp(_packet, length)];
        _history[_sequenceNumber % HistoryLength] = datagram;
        _answeredAt[_sequenceNumber % HistoryLength] = Instant.Zero;
        SpokenAt.Add(now);
        _sequenceNumber++;
        _timestampBefore = _timestamp;
        _timestamp += FrameSamples;
        return datagram;
    }

    /// <summary>The same datagrams once more, as far as they are still known.</summary>
    public IEnumerable<byte[]> Answer(NackView request, Instant now)
    {
        var datagrams = new List<byte[]>();
        foreach (var number in request)
        {
            var index = number % HistoryLength;
            var isKnown = abilities.HasNack && _history[index] is not null && NumberOf(_history[index]) == number;
            if (isKnown && now - _answeredAt[index] >= AnswerInterval)
            {
                var datagram = _history[index];
                _answeredAt[index] = now;
                datagrams.Add(datagram);
                SentAgain++;
            }
        }

        return datagrams;
    }

    private static ushort NumberOf(byte[] datagram) => BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(2));

    private int WriteHeader(RtpHeader header, byte level)
    {
        var length = RtpPacketWriter.WriteHeader(_packet, header);
        _packet[0] |= 0x10; // the extension bit
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(length), 0xBEDE);
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(length + 2), 1);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(length + 4), 0);
        _packet[length + 4] = PeerOffer.LevelId << 4;
        _packet[length + 5] = (byte)(0x80 | level);
        return length + 8;
    }

    private int WritePlain(Span<byte> target)
    {
        _frame.CopyTo(target);
        return PayloadLength;
    }

    private int WriteRed(Span<byte> target, bool hasBefore)
    {
        var writer = new RedPayloadWriter(target);
        if (hasBefore)
        {
            writer.AddRedundant((int)FrameSamples, PayloadLength);
        }

        writer.BeginData();
        if (hasBefore)
        {
            writer.AddData(_frameBefore);
        }

        writer.AddData(_frame);
        RedPayloadWriter.SetPayloadType(target, hasBefore ? 1 : 0, PeerOffer.OpusPayloadType);
        return writer.Length;
    }
}
