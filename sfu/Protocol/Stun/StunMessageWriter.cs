using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Stun;

/// <summary>Writes one STUN message into the caller's buffer, attribute by attribute (RFC 8489 §5).</summary>
/// <remarks>
/// Call <see cref="AddIntegrity"/> after all other attributes and <see cref="AddFingerprint"/> last. The buffer must be
/// large enough, at most <see cref="StunMessage.LengthMax"/>: what is written is ours, so its size is known beforehand.
/// </remarks>
public ref struct StunMessageWriter
{
    private readonly Span<byte> _buffer;

    public StunMessageWriter(Span<byte> buffer, StunMessageType type, ReadOnlySpan<byte> transactionId)
    {
        _buffer = buffer;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        transactionId[..StunMessage.TransactionIdLength].CopyTo(buffer[8..]);
        Length = StunMessage.HeaderLength;
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public void Add(StunAttribute attribute, scoped ReadOnlySpan<byte> value)
    {
        var padded = (value.Length + 3) & ~3;
        var target = Begin(attribute, value.Length, padded);
        value.CopyTo(target);
        target[value.Length..].Clear();
    }

    public void Add(StunAttribute attribute, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(Begin(attribute, sizeof(uint), sizeof(uint)), value);

    public void Add(StunAttribute attribute, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(Begin(attribute, sizeof(ulong), sizeof(ulong)), value);

    public void AddXorMappedAddress(TransportAddress address)
    {
        Span<byte> value = stackalloc byte[StunAddress.LengthMax];
        var transactionId = _buffer.Slice(8, StunMessage.TransactionIdLength);
        var length = StunAddress.Write(address, transactionId, value);
        Add(StunAttribute.XorMappedAddress, value[..length]);
    }

    /// <summary>ERROR-CODE without a reason phrase, which no program reads (RFC 8489 §14.8).</summary>
    public void AddError(StunErrorCode code)
    {
        var number = (int)code;
        Add(StunAttribute.ErrorCode, (uint)(((number / 100) << 8) | (number % 100)));
    }

    /// <summary>MESSAGE-INTEGRITY with the password as key (RFC 8489 §14.5, short-term credentials §9.1).</summary>
    public void AddIntegrity(ReadOnlySpan<byte> password)
    {
        var covered = _buffer[..Length];
        StunIntegrity.ComputeHmac(
            covered,
            password,
            Begin(StunAttribute.MessageIntegrity, StunIntegrity.HmacLength, StunIntegrity.HmacLength)
        );
    }

    /// <summary>FINGERPRINT, which ends the message (RFC 8489 §14.7).</summary>
    public void AddFingerprint() => Add(StunAttribute.Fingerprint, StunIntegrity.ComputeFingerprint(_buffer[..Length]));

    private Span<byte> Begin(StunAttribute attribute, int valueLength, int paddedLength)
    {
        var header = _buffer[Length..];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)attribute);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)valueLength);
        Length += StunMessage.AttributeHeaderLength + paddedLength;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(Length - StunMessage.HeaderLength));
        return header.Slice(StunMessage.AttributeHeaderLength, paddedLength);
    }
}
