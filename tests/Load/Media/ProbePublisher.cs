using System.Buffers.Binary;
using Spaces.Load.Interop;

namespace Spaces.Load.Media;

/// <summary>A microphone that never stops: a probe packet every 20 ms, loud enough to be chosen.</summary>
/// <remarks>The swarm's thread owns it. Allocates only when made.</remarks>
internal sealed class ProbePublisher
{
    public const long IntervalNanoseconds = 20_000_000;
    public const int SamplesPerPacket = 960; // 20 ms at 48 kHz, the clock of Opus (RFC 7587 section 4.1)

    private const int HeaderLength = 12;
    private const int ExtensionLength = 8;
    private const byte VersionWithExtension = 0x90;
    private const ushort OneByteExtensions = 0xBEDE; // RFC 8285 section 4.2
    private const byte VoiceAt30DecibelsBelowFull = 0x80 | 30; // RFC 6464 section 3

    private readonly long[] _sentAt;
    private readonly uint _ssrc;

    /// <param name="ssrc">As announced in the offer.</param>
    /// <param name="packetCountMax">How many packets there can be; then it falls silent.</param>
    public ProbePublisher(uint ssrc, int packetCountMax)
    {
        _ssrc = ssrc;
        _sentAt = new long[packetCountMax];
    }

    /// <summary>How many packets were made.</summary>
    public int Count { get; private set; }

    public bool IsExhausted => Count == _sentAt.Length;

    /// <summary>The wall time at which a packet was made, just before it was encrypted and sent.</summary>
    public long SentAt(int number) => _sentAt[number];

    /// <summary>Writes the next packet, in clear.</summary>
    /// <param name="buffer">Room for 100 bytes.</param>
    /// <returns>Its length.</returns>
    public int WriteNext(Span<byte> buffer)
    {
        var number = Count++;
        buffer[0] = VersionWithExtension;
        buffer[1] = Offer.OpusPayloadType;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)number);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], (uint)number * SamplesPerPacket);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], _ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[12..], OneByteExtensions);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[14..], 1);
        buffer[16] = Offer.AudioLevelExtensionId << 4;
        buffer[17] = VoiceAt30DecibelsBelowFull;
        buffer[18] = 0;
        buffer[19] = 0;
        var now = SystemClock.RealtimeNanoseconds();
        _sentAt[number] = now;
        ProbeFrame.Write(buffer[(HeaderLength + ExtensionLength)..], number, now);
        return HeaderLength + ExtensionLength + ProbeFrame.Length;
    }
}
