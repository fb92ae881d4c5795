using System.Text;

namespace Spaces.Signaling.Store.Redis;

/// <summary>
/// Which of the 16,384 slots of a cluster a key lies in: CRC-16/XMODEM of its hash tag, modulo 16,384.
/// </summary>
internal static class HashSlot
{
    public const int Count = 16_384;

    private const int Polynomial = 0x1021;

    public static int Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : key.IndexOf('}', open);
        return Crc16(Encoding.UTF8.GetBytes(close > open + 1 ? key[(open + 1)..close] : key)) % Count;
    }

    private static int Crc16(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        foreach (var value in bytes)
        {
            crc ^= value << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            }

            crc &= 0xffff;
        }

        return crc;
    }
}
