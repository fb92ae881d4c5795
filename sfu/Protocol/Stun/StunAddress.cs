using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Stun;

/// <summary>The value of XOR-MAPPED-ADDRESS (RFC 8489 §14.2): family, then port and address, both masked.</summary>
internal static class StunAddress
{
    public const int LengthMax = 20;

    private const int Ipv4Length = 8;
    private const byte Ipv4Family = 1;
    private const byte Ipv6Family = 2;
    private const ushort PortMask = (ushort)(StunMessage.MagicCookie >> 16);

    /// <summary>The upper 96 bits of an IPv4 address in IPv6 form: ::ffff:0:0 (RFC 4291 §2.5.5.2).</summary>
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32;

    /// <returns>How many bytes of <paramref name="value"/> were written.</returns>
    public static int Write(TransportAddress address, ReadOnlySpan<byte> transactionId, Span<byte> value)
    {
        value[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ PortMask));
        if ((address.Ip >> 32) == (MappedPrefix >> 32))
        {
            value[1] = Ipv4Family;
            BinaryPrimitives.WriteUInt32BigEndian(value[4..], (uint)address.Ip ^ StunMessage.MagicCookie);
            return Ipv4Length;
        }

        value[1] = Ipv6Family;
        BinaryPrimitives.WriteUInt128BigEndian(value[4..], address.Ip ^ Mask(transactionId));
        return LengthMax;
    }

    public static bool TryRead(ReadOnlySpan<byte> value, ReadOnlySpan<byte> transactionId, out TransportAddress address)
    {
        address = default;
        if (value.Length < Ipv4Length)
        {
            return false;
        }

        var port = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ PortMask);
        switch (value[1], value.Length)
        {
            case (Ipv4Family, Ipv4Length):
                var ip = BinaryPrimitives.ReadUInt32BigEndian(value[4..]) ^ StunMessage.MagicCookie;
                address = new TransportAddress(MappedPrefix | ip, port);
                return true;
            case (Ipv6Family, LengthMax):
                address = new TransportAddress(
                    BinaryPrimitives.ReadUInt128BigEndian(value[4..]) ^ Mask(transactionId),
                    port
                );
                return true;
            default:
                return false;
        }
    }

    /// <summary>The magic cookie and the transaction id, in a row.</summary>
    private static UInt128 Mask(ReadOnlySpan<byte> transactionId)
    {
        var low =
            ((UInt128)BinaryPrimitives.ReadUInt32BigEndian(transactionId) << 64)
            | BinaryPrimitives.ReadUInt64BigEndian(transactionId[4..]);
        return ((UInt128)StunMessage.MagicCookie << 96) | low;
    }
}
