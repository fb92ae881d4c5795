using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>
/// Writes a RED payload (RFC 2198 §3): headers of the earlier blocks, then all data, the newest last.
/// </summary>
/// <remarks>
/// Payload types stay 0 until <see cref="SetPayloadType"/>: they differ between receivers and the rest does not. Hot
/// path: no allocation.
/// </remarks>
public ref struct RedPayloadWriter(Span<byte> buffer)
{
    /// <summary>A block's length has 10 bits, its age 14.</summary>
    public const int BlockLengthMax = (1 << 10) - 1;
    public const int TimestampOffsetMax = (1 << 14) - 1;

    /// <summary>Of two earlier blocks and the newest.</summary>
    public const int HeaderLengthMax = (2 * RedundantHeaderLength) + 1;

    private const int RedundantHeaderLength = 4;
    private const byte FollowBit = 0x80;
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    /// <param name="timestampOffset">How much older than the newest.</param>
    /// <param name="length">Of its data.</param>
    public void AddRedundant(int timestampOffset, int length)
    {
        var header = ((uint)FollowBit << 24) | ((uint)timestampOffset << 10) | (uint)length;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Length..], header);
        Length += RedundantHeaderLength;
    }

    /// <summary>The header of the newest; data follows.</summary>
    public void BeginData() => _buffer[Length++] = 0;

    /// <summary>In the order of the headers, the newest last.</summary>
    public void AddData(scoped ReadOnlySpan<byte> data)
    {
        data.CopyTo(_buffer[Length..]);
        Length += data.Length;
    }

    /// <summary>Writes the payload type of all blocks into a payload of so many earlier blocks.</summary>
    public static void SetPayloadType(Span<byte> payload, int redundantCount, byte payloadType)
    {
        for (var i = 0; i < redundantCount; i++)
        {
            payload[i * RedundantHeaderLength] = (byte)(FollowBit | payloadType);
        }

        payload[redundantCount * RedundantHeaderLength] = payloadType;
    }
}
