using System.Buffers.Binary;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>
/// The cryptographic context of one direction of a session: SRTP and SRTCP (RFC 3711 §3.2, RFC 7714).
/// </summary>
/// <remarks>
/// <para>Hot path: in place, no allocation but for the first packets of a new SSRC, no exception. Not thread-safe: a
/// session belongs to one worker. Use one for what is sent and another for what is received.</para>
/// <para>Sending: no index (rollover counter and sequence number) of an SSRC is ever used twice, or the key stream
/// would be (RFC 3711 §9.1, RFC 7714 §7.2). Order does not matter for that, so a packet that arrived late is protected
/// late, as long as the window still tells that its index is unused. A packet sent again is sent as the bytes that
/// protection gave the first time.</para>
/// <para>Receiving: replay list, rollover counter and highest sequence number change only after the tag was verified.
/// Until a source's first packet has verified, its rollover counter may be 0 or 1, since its first packets, the wrap
/// among them, may have been lost; afterwards RFC 3711 appendix A decides.</para>
/// </remarks>
public sealed class SrtpContext : IDisposable
{
    /// <summary>
    /// The room, in bytes, that a buffer needs behind any packet: a tag of 16 and an SRTCP index of 4.
    /// </summary>
    public const int OverheadMax = 20;

    private const ulong RtpIndexMax = (1UL << 48) - 1;
    private const ulong RtcpIndexMax = (1UL << 31) - 1;
    private const ulong RtpIndexAlarm = 1UL << 47;
    private const ulong RtcpIndexAlarm = 1UL << 30;
    private const int SequenceBits = 16;
    private const int HalfSequence = 1 << 15;

    private readonly SrtpCipher _cipher;
    private readonly SrtpSources _rtpSources = new();
    private readonly SrtpSources _rtcpSources = new();

    public SrtpContext(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
        : this(profile, masterKey, masterSalt, SrtpEngines.Best) { }

    /// <param name="profile">Decides the lengths of the next two.</param>
    /// <param name="masterKey">Copied into session keys; the caller wipes its own.</param>
    /// <param name="masterSalt">Likewise.</param>
    /// <param name="engine">What computes AES; the bytes are the same.</param>
    /// <exception cref="ArgumentException">A key or salt is not as long as the profile says.</exception>
    public SrtpContext(
        SrtpProfile profile,
        ReadOnlySpan<byte> masterKey,
        ReadOnlySpan<byte> masterSalt,
        SrtpEngine engine
    )
    {
        if (masterKey.Length != profile.KeyLength() || masterSalt.Length != profile.SaltLength())
        {
            throw new ArgumentException(
                $"{profile} takes a key of {profile.KeyLength()} and a salt of {profile.SaltLength()} bytes, "
                    + $"not {masterKey.Length} and {masterSalt.Length}."
            );
        }

        Profile = profile;
        _cipher = SrtpCipher.Create(profile, masterKey, masterSalt, engine);
    }

    public SrtpProfile Profile { get; }

    /// <summary>
    /// Half of what one key may protect is used up (RFC 3711 §9.2, RFC 7714 §7.1): the session needs new keys, that
    /// is a
    /// new connection, before protection is refused.
    /// </summary>
    public bool IsNearKeyLimit { get; private set; }

    /// <summary>
    /// Says that all indices of a source up to this one are spent, as after a restart with the same keys.
    /// </summary>
    public void SkipRtp(uint ssrc, ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, RtpIndexMax);
        Spend(_rtpSources, ssrc, index, RtpIndexAlarm);
    }

    /// <inheritdoc cref="SkipRtp"/>
    public void SkipRtcp(uint ssrc, uint index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, RtcpIndexMax);
        Spend(_rtcpSources, ssrc, index, RtcpIndexAlarm);
    }

    /// <summary>Encrypts and authenticates an RTP packet in place.</summary>
    /// <param name="buffer">The packet, and at least <see cref="OverheadMax"/> bytes of room after it.</param>
    /// <param name="length">Of the packet.</param>
    /// <returns>
    /// The length to send; 0, and nothing written, when the bytes are not RTP, when this index of the SSRC was
    /// protected before or is too old to tell (<see cref="ReplayWindow.Length"/>), or when the key is used up.
    /// </returns>
    public int ProtectRtp(Span<byte> buffer, int length)
    {
        if (
            buffer.Length - length < _cipher.TagLength
            || !RtpPacketView.TryReadHeaderLength(buffer[..length], out var headerLength)
        )
        {
            return 0;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]);
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        var slot = _rtpSources.Find(ssrc);
        ulong index = sequence;
        if (slot < 0)
        {
            if (!_rtpSources.HasRoom)
            {
                return 0;
            }
        }
        else
        {
            ref readonly var window = ref _rtpSources.Window(slot);
            if (!TryEstimateIndex(window.Highest, sequence, out index) || !window.IsFresh(index))
            {
                return 0;
            }
        }

        _cipher.SealRtp(buffer, length, headerLength, ssrc, index);
        Accept(_rtpSources, slot, ssrc, index, RtpIndexAlarm);
        return length + _cipher.TagLength;
    }

    /// <summary>
    /// Protects a packet once more, to be sent again: the bytes are those of the first time, so the index gives nothing
    /// away. A packet that was never protected is protected now.
    /// </summary>
    /// <param name="buffer">
    /// Exactly the packet of the first time, and <see cref="OverheadMax"/> bytes of room. Another packet under the same
    /// index would reveal both (RFC 7714 §7.2): build it from what is kept for nothing else.
    /// </param>
    /// <param name="length">Of the packet.</param>
    /// <returns>As <see cref="ProtectRtp"/>; 0 also for what is older than the window.</returns>
    public int ReprotectRtp(Span<byte> buffer, int length)
    {
        if (
            buffer.Length - length < _cipher.TagLength
            || !RtpPacketView.TryReadHeaderLength(buffer[..length], out var headerLength)
        )
        {
            return 0;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]);
        var slot = _rtpSources.Find(ssrc);
        if (slot < 0)
        {
            return 0;
        }

        ref readonly var window = ref _rtpSources.Window(slot);
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        if (
            !TryEstimateIndex(window.Highest, sequence, out var index)
            || index > window.Highest
            || window.Highest - index >= ReplayWindow.Length
        )
        {
            return 0;
        }

        _cipher.SealRtp(buffer, length, headerLength, ssrc, index);
        Accept(_rtpSources, slot, ssrc, index, RtpIndexAlarm);
        return length + _cipher.TagLength;
    }

    /// <summary>Verifies and decrypts an RTP packet in place.</summary>
    /// <param name="packet">Exactly the datagram.</param>
    /// <param name="length">Of the RTP packet at its front.</param>
    /// <returns>False for a replay, a wrong tag, or what is not SRTP; then nothing has changed, the packet
    /// included.</returns>
    public bool TryUnprotectRtp(Span<byte> packet, out int length)
    {
        length = packet.Length - _cipher.TagLength;
        if (length <= 0 || !RtpPacketView.TryReadHeaderLength(packet[..length], out var headerLength))
        {
            length = 0;
            return false;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var slot = _rtpSources.Find(ssrc);
        var opened =
            slot < 0
                ? TryOpenFirst(packet, headerLength, ssrc, sequence)
                : TryOpenNext(packet, headerLength, ssrc, sequence, slot);
        length = opened ? length : 0;
        return opened;
    }

    /// <summary>Encrypts and authenticates a compound RTCP packet in place.</summary>
    /// <returns>The length to send; 0, and nothing written, when it is not RTCP or the key is used up.</returns>
    public int ProtectRtcp(Span<byte> buffer, int length)
    {
        var overhead = _cipher.TagLength + SrtpCipher.RtcpIndexLength;
        if (length < SrtpCipher.RtcpHeaderLength || buffer.Length - length < overhead || buffer[0] >> 6 != 2)
        {
            return 0;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        var slot = _rtcpSources.Find(ssrc);
        if (slot < 0 && !_rtcpSources.HasRoom)
        {
            return 0;
        }

        var index = slot < 0 ? 0 : _rtcpSources.Window(slot).Highest + 1;
        if (index > RtcpIndexMax)
        {
            return 0;
        }

        _cipher.SealRtcp(buffer, length, ssrc, (uint)index);
        Accept(_rtcpSources, slot, ssrc, index, RtcpIndexAlarm);
        return length + overhead;
    }

    /// <summary>Verifies and decrypts a compound RTCP packet in place; it must be encrypted.</summary>
    /// <returns>False for a replay, a wrong tag, or what is not SRTCP; then nothing has changed, the packet
    /// included.</returns>
    public bool TryUnprotectRtcp(Span<byte> packet, out int length)
    {
        length = 0;
        var plainLength = packet.Length - _cipher.TagLength - SrtpCipher.RtcpIndexLength;
        if (plainLength < SrtpCipher.RtcpHeaderLength || packet[0] >> 6 != 2)
        {
            return false;
        }

        var word = _cipher.ReadRtcpIndexWord(packet);
        var index = word & ~SrtpCipher.EncryptedFlag;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        var slot = _rtcpSources.Find(ssrc);
        var isFresh = slot < 0 ? _rtcpSources.HasRoom : _rtcpSources.Window(slot).IsFresh(index);
        if ((word & SrtpCipher.EncryptedFlag) == 0 || !isFresh || !_cipher.TryOpenRtcp(packet, ssrc, index))
        {
            return false;
        }

        Accept(_rtcpSources, slot, ssrc, index, RtcpIndexAlarm);
        length = plainLength;
        return true;
    }

    public void Dispose() => _cipher.Dispose();

    private bool TryOpenFirst(Span<byte> packet, int headerLength, uint ssrc, ushort sequence)
    {
        if (!_rtpSources.HasRoom)
        {
            return false;
        }

        for (var rollover = 0UL; rollover <= 1; rollover++)
        {
            var index = (rollover << SequenceBits) | sequence;
            if (_cipher.TryOpenRtp(packet, headerLength, ssrc, index))
            {
                Accept(_rtpSources, slot: -1, ssrc, index, RtpIndexAlarm);
                return true;
            }
        }

        return false;
    }

    private bool TryOpenNext(Span<byte> packet, int headerLength, uint ssrc, ushort sequence, int slot)
    {
        ref var window = ref _rtpSources.Window(slot);
        if (
            !TryEstimateIndex(window.Highest, sequence, out var index)
            || !window.IsFresh(index)
            || !_cipher.TryOpenRtp(packet, headerLength, ssrc, index)
        )
        {
            return false;
        }

        Accept(_rtpSources, slot, ssrc, index, RtpIndexAlarm);
        return true;
    }

    /// <summary>RFC 3711 appendix A. False where the rollover counter would leave its 32 bits.</summary>
    private static bool TryEstimateIndex(ulong highest, ushort sequence, out ulong index)
    {
        var rollover = (long)(highest >> SequenceBits);
        var last = (int)(highest & ushort.MaxValue);
        if (last < HalfSequence)
        {
            rollover -= sequence - last > HalfSequence ? 1 : 0;
        }
        else
        {
            rollover += last - HalfSequence > sequence ? 1 : 0;
        }

        index = ((ulong)rollover << SequenceBits) | sequence;
        return rollover >= 0 && index <= RtpIndexMax;
    }

    private void Spend(SrtpSources sources, uint ssrc, ulong index, ulong alarm)
    {
        var slot = sources.Find(ssrc);
        if (slot < 0 && !sources.HasRoom)
        {
            throw new InvalidOperationException($"A context holds at most {SrtpSources.CountMax} SSRCs.");
        }

        sources.Spend(slot, ssrc, index);
        IsNearKeyLimit |= index >= alarm;
    }

    private void Accept(SrtpSources sources, int slot, uint ssrc, ulong index, ulong alarm)
    {
        sources.Accept(slot, ssrc, index);
        IsNearKeyLimit |= index >= alarm;
    }
}
