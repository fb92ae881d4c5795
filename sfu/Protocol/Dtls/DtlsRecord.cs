using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>A read-only view of one DTLS 1.2 record over the caller's bytes (RFC 6347 §4.1, §4.2.2).</summary>
/// <remarks>
/// <code>
/// type (8) | version (16) | epoch (16) | sequence number (48) | length (16) | fragment
/// in a handshake fragment: type (8) | message length (24) | message sequence (16) | offset (24) | length (24)
/// </code>
/// </remarks>
internal readonly ref struct DtlsRecord
{
    public const int HeaderLength = 13;
    public const byte ChangeCipherSpec = 20;
    public const byte Alert = 21;
    public const byte Handshake = 22;
    public const byte ApplicationData = 23;
    public const byte ClientHello = 1;

    /// <summary>What AES-GCM adds to a record: an explicit nonce of 8 bytes and a tag of 16 (RFC 5288 §3).</summary>
    private const int ProtectionLength = 24;

    private const int HandshakeHeaderLength = 12;
    private const int LengthOffset = 11;

    private DtlsRecord(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    public ReadOnlySpan<byte> Bytes { get; }

    public byte Type => Bytes[0];

    /// <summary>0 before the peer's ChangeCipherSpec, where nothing is authenticated; 1 after.</summary>
    public int Epoch => BinaryPrimitives.ReadUInt16BigEndian(Bytes[3..]);

    public ReadOnlySpan<byte> Fragment => Bytes[HeaderLength..];

    /// <summary>
    /// Whether a protected record can hold anything. One that cannot is nobody's, but OpenSSL before 3.0.22 ends the
    /// session over it, and anybody who forges the peer's address can send one.
    /// </summary>
    public bool IsLongEnough => Epoch == 0 || Fragment.Length > ProtectionLength;

    /// <summary>
    /// Of the first message in a sound, unencrypted handshake record: 0 for the sender's first, and so on.
    /// </summary>
    public int MessageSequence => BinaryPrimitives.ReadUInt16BigEndian(Fragment[4..]);

    /// <summary>Takes the first record off <paramref name="datagram"/>.</summary>
    /// <returns>False at the end, and when what is left is no record; ignore the rest then.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> datagram, out DtlsRecord record)
    {
        record = default;
        if (datagram.Length < HeaderLength || datagram[0] is < ChangeCipherSpec or > ApplicationData)
        {
            return false;
        }

        // FEFF in a first ClientHello, FEFD ever after.
        var version = BinaryPrimitives.ReadUInt16BigEndian(datagram[1..]);
        var end = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(datagram[LengthOffset..]);
        if (version is not (0xFEFF or 0xFEFD) || end > datagram.Length)
        {
            return false;
        }

        record = new DtlsRecord(datagram[..end]);
        datagram = datagram[end..];
        return true;
    }

    /// <summary>
    /// Whether an unencrypted handshake fragment is well formed and of a message no longer than told.
    /// </summary>
    public bool IsSoundHandshake(int messageLengthMax, int messageSequenceMax)
    {
        var rest = Fragment;
        while (rest.Length >= HandshakeHeaderLength)
        {
            var messageLength = ReadUInt24(rest[1..]);
            var offset = ReadUInt24(rest[6..]);
            var length = ReadUInt24(rest[9..]);
            if (
                messageLength > messageLengthMax
                || BinaryPrimitives.ReadUInt16BigEndian(rest[4..]) > messageSequenceMax
                || offset + length > messageLength
                || length > rest.Length - HandshakeHeaderLength
                || (length == 0 && messageLength != 0)
            )
            {
                return false;
            }

            rest = rest[(HandshakeHeaderLength + length)..];
        }

        return rest.IsEmpty && !Fragment.IsEmpty;
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
