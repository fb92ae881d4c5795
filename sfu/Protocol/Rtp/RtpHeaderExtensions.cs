namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>
/// The header extension elements of one packet, in the one-byte or two-byte form (RFC 8285 §4.2, §4.3).
/// </summary>
/// <remarks>An element that is cut short ends the search: what lies before it stays readable, nothing throws.</remarks>
public readonly ref struct RtpHeaderExtensions
{
    private const ushort OneByteProfile = 0xBEDE;
    private const ushort TwoByteProfile = 0x1000;
    private const ushort TwoByteMask = 0xFFF0;
    private const int OneByteStop = 15;

    private readonly ushort _profile;
    private readonly ReadOnlySpan<byte> _block;

    internal RtpHeaderExtensions(ushort profile, ReadOnlySpan<byte> block)
    {
        _profile = profile;
        _block = block;
    }

    /// <summary>
    /// Finds the first element with a negotiated id (1-14 in the one-byte form, 1-255 in the two-byte form).
    /// </summary>
    public bool TryGet(int id, out ReadOnlySpan<byte> value)
    {
        if (_profile == OneByteProfile)
        {
            return TryGetOneByte(_block, id, out value);
        }

        if ((_profile & TwoByteMask) == TwoByteProfile)
        {
            return TryGetTwoByte(_block, id, out value);
        }

        value = default;
        return false;
    }

    private static bool TryGetOneByte(ReadOnlySpan<byte> block, int id, out ReadOnlySpan<byte> value)
    {
        while (!block.IsEmpty)
        {
            if (block[0] == 0)
            {
                block = block[1..];
                continue;
            }

            var found = block[0] >> 4;
            var length = (block[0] & 0x0F) + 1;
            if (found == OneByteStop || length >= block.Length)
            {
                // Id 15 ends the list (RFC 8285 §4.2); the second case is an element cut short.
                break;
            }

            if (found == id && id != 0)
            {
                value = block.Slice(1, length);
                return true;
            }

            block = block[(1 + length)..];
        }

        value = default;
        return false;
    }

    private static bool TryGetTwoByte(ReadOnlySpan<byte> block, int id, out ReadOnlySpan<byte> value)
    {
        while (!block.IsEmpty)
        {
            if (block[0] == 0)
            {
                block = block[1..];
                continue;
            }

            if (block.Length < 2 || block.Length - 2 < block[1])
            {
                break;
            }

            if (block[0] == id)
            {
                value = block.Slice(2, block[1]);
                return true;
            }

            block = block[(2 + block[1])..];
        }

        value = default;
        return false;
    }
}
