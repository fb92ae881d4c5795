using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Stun;

/// <summary>A read-only view of one STUN message over the caller's bytes; it copies nothing.</summary>
/// <remarks>
/// RFC 8489 §5:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0|     STUN Message Type     |         Message Length        |
/// |                     Magic Cookie = 2112A442                   |
/// |                  Transaction ID (96 bits)                     |
/// |        attributes: type (16), length (16), value, padding     |
/// </code>
/// <see cref="TryParse"/> checks every length and, where there is a FINGERPRINT, that too. Attributes behind
/// MESSAGE-INTEGRITY are ignored but for FINGERPRINT (§14.5). Believe nothing of it before
/// <see cref="HasValidIntegrity"/>.
/// </remarks>
public readonly ref struct StunMessage
{
    public const int HeaderLength = 20;
    public const int TransactionIdLength = 12;
    internal const int AttributeHeaderLength = 4;
    internal const uint MagicCookie = 0x2112A442;

    /// <summary>
    /// In bytes. A connectivity check has about a hundred; more than an Ethernet frame is no STUN of ours.
    /// </summary>
    public const int LengthMax = 1500;

    /// <summary>Types below this must be understood by the receiver (RFC 8489 §14).</summary>
    private const ushort ComprehensionOptional = 0x8000;

    private const int TransactionIdOffset = 8;

    private readonly ReadOnlySpan<byte> _message;

    /// <summary>The attributes that count: up to MESSAGE-INTEGRITY where there is one.</summary>
    private readonly ReadOnlySpan<byte> _attributes;
    private readonly ReadOnlySpan<byte> _hmac;

    private StunMessage(ReadOnlySpan<byte> message, ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> hmac)
    {
        _message = message;
        _attributes = attributes;
        _hmac = hmac;
    }

    public StunMessageType Type => (StunMessageType)BinaryPrimitives.ReadUInt16BigEndian(_message);

    public ReadOnlySpan<byte> TransactionId => _message.Slice(TransactionIdOffset, TransactionIdLength);

    /// <summary>Whether the peer nominates the path of this check (RFC 8445 §7.1.2).</summary>
    public bool UseCandidate => TryGetAttribute(StunAttribute.UseCandidate, out _);

    /// <summary>
    /// Whether the sender takes itself for the controlled agent, which beside a lite agent is a conflict.
    /// </summary>
    public bool IsControlled => TryGetAttribute(StunAttribute.IceControlled, out _);

    /// <summary>
    /// Whether the sender takes itself for the controlling agent, as every peer of a lite agent must.
    /// </summary>
    public bool IsControlling => TryGetAttribute(StunAttribute.IceControlling, out _);

    /// <summary>The candidate's priority (RFC 8445 §7.1.1), or 0 where the message has none.</summary>
    public uint Priority =>
        TryGetAttribute(StunAttribute.Priority, out var value) && value.Length == sizeof(uint)
            ? BinaryPrimitives.ReadUInt32BigEndian(value)
            : 0;

    /// <summary>The ERROR-CODE as its number, such as 487, or 0 where the message has none.</summary>
    public int ErrorCode =>
        TryGetAttribute(StunAttribute.ErrorCode, out var value) && value.Length >= 4
            ? ((value[2] & 7) * 100) + value[3]
            : 0;

    /// <summary>Reads a datagram that holds one message and nothing else.</summary>
    /// <returns>False when any length is wrong, or the FINGERPRINT is.</returns>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (
            datagram.Length is < HeaderLength or > LengthMax
            || datagram.Length % 4 != 0
            || (datagram[0] & 0xC0) != 0
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != datagram.Length - HeaderLength
            || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != MagicCookie
        )
        {
            return false;
        }

        var attributesEnd = datagram.Length;
        ReadOnlySpan<byte> hmac = default;
        for (var offset = HeaderLength; offset < datagram.Length; )
        {
            if (!TryReadAttribute(datagram, offset, out var type, out var value, out var next))
            {
                return false;
            }

            if (type == StunAttribute.Fingerprint)
            {
                // It is the last attribute by definition; anything behind it is not ours to read.
                message = new StunMessage(datagram, datagram[HeaderLength..Math.Min(attributesEnd, offset)], hmac);
                return next == datagram.Length && HasValidFingerprint(datagram[..offset], value);
            }

            if (type == StunAttribute.MessageIntegrity && hmac.IsEmpty)
            {
                if (value.Length != StunIntegrity.HmacLength)
                {
                    return false;
                }

                hmac = value;
                attributesEnd = offset;
            }

            offset = next;
        }

        message = new StunMessage(datagram, datagram[HeaderLength..attributesEnd], hmac);
        return true;
    }

    /// <summary>Finds whose session a check is for, before anything else is known of it (RFC 8445 §7.3).</summary>
    /// <param name="datagram">Any datagram.</param>
    /// <param name="ufrag">The part of USERNAME before the colon: the receiver's ufrag, in ASCII.</param>
    /// <returns>False for anything but a well-formed Binding request with such a USERNAME.</returns>
    public static bool TryGetLocalUfrag(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> ufrag)
    {
        ufrag = default;
        return TryParse(datagram, out var message)
            && message.Type == StunMessageType.BindingRequest
            && message.TryGetLocalUfrag(out ufrag);
    }

    /// <inheritdoc cref="TryGetLocalUfrag(ReadOnlySpan{byte}, out ReadOnlySpan{byte})"/>
    public bool TryGetLocalUfrag(out ReadOnlySpan<byte> ufrag)
    {
        ufrag = default;
        if (!TryGetUsername(out var username))
        {
            return false;
        }

        var colon = username.IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        ufrag = username[..colon];
        return true;
    }

    /// <summary>USERNAME as it stands: in a check, the receiver's ufrag, a colon, the sender's ufrag.</summary>
    public bool TryGetUsername(out ReadOnlySpan<byte> username) =>
        TryGetAttribute(StunAttribute.Username, out username);

    /// <summary>The first attribute of a type, among those that MESSAGE-INTEGRITY covers.</summary>
    public bool TryGetAttribute(StunAttribute attribute, out ReadOnlySpan<byte> value)
    {
        for (var offset = 0; offset < _attributes.Length; )
        {
            if (!TryReadAttribute(_attributes, offset, out var type, out value, out offset))
            {
                break;
            }

            if (type == attribute)
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>
    /// Whether MESSAGE-INTEGRITY is there and was made with <paramref name="password"/>; constant time.
    /// </summary>
    public bool HasValidIntegrity(ReadOnlySpan<byte> password)
    {
        if (_hmac.IsEmpty)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[StunIntegrity.HmacLength];
        StunIntegrity.ComputeHmac(_message[..(HeaderLength + _attributes.Length)], password, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _hmac);
    }

    /// <summary>The sender's address as the responder saw it (RFC 8489 §14.2).</summary>
    public bool TryGetXorMappedAddress(out TransportAddress address)
    {
        address = default;
        return TryGetAttribute(StunAttribute.XorMappedAddress, out var value)
            && StunAddress.TryRead(value, TransactionId, out address);
    }

    /// <summary>
    /// The first attribute type that must be understood and is not, or <see cref="StunAttribute.None"/>.
    /// </summary>
    public StunAttribute FirstUnknownAttribute()
    {
        for (var offset = 0; offset < _attributes.Length; )
        {
            if (!TryReadAttribute(_attributes, offset, out var type, out _, out offset))
            {
                break;
            }

            if ((ushort)type < ComprehensionOptional && !IsUnderstood(type))
            {
                return type;
            }
        }

        return StunAttribute.None;
    }

    private static bool IsUnderstood(StunAttribute type) =>
        type
            is StunAttribute.Username
                or StunAttribute.MessageIntegrity
                or StunAttribute.ErrorCode
                or StunAttribute.UnknownAttributes
                or StunAttribute.Realm
                or StunAttribute.Nonce
                or StunAttribute.MessageIntegritySha256
                or StunAttribute.XorMappedAddress
                or StunAttribute.Priority
                or StunAttribute.UseCandidate;

    private static bool HasValidFingerprint(ReadOnlySpan<byte> covered, ReadOnlySpan<byte> value) =>
        value.Length == StunIntegrity.CrcLength
        && BinaryPrimitives.ReadUInt32BigEndian(value) == StunIntegrity.ComputeFingerprint(covered);

    private static bool TryReadAttribute(
        ReadOnlySpan<byte> bytes,
        int offset,
        out StunAttribute type,
        out ReadOnlySpan<byte> value,
        out int next
    )
    {
        type = StunAttribute.None;
        value = default;
        next = bytes.Length;
        if (bytes.Length - offset < AttributeHeaderLength)
        {
            return false;
        }

        var header = bytes.Slice(offset, AttributeHeaderLength);
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        var start = offset + AttributeHeaderLength;
        if (length > bytes.Length - start)
        {
            return false;
        }

        type = (StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(header);
        value = bytes.Slice(start, length);
        next = start + ((length + 3) & ~3);
        return next <= bytes.Length;
    }
}
