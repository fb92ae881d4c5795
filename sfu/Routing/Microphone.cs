using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Routing;

/// <summary>
/// A session's sending side, on the session's own worker: checks each packet and hands it to the room.
/// </summary>
/// <remarks>
/// One SSRC a session, announced or latched from the first authentic packet. Hot path: no allocation. Not thread-safe:
/// the session's worker owns it.
/// </remarks>
public sealed class Microphone(uint mediaId, MicrophoneFormat format, IAudioSink room)
{
    /// <summary>Opus at 10 ms needs 100; the rest is for clocks that run fast and for resent packets.</summary>
    private const double PacketsPerSecond = 120;

    private const double PacketBurst = 60;

    /// <summary>Opus at its 510 kb/s, with headers; RED may double it in a burst.</summary>
    private const double BytesPerSecond = 80_000;

    private const double ByteBurst = 80_000;
    private const uint ClockRate = 48_000; // RFC 7587 §4.1

    private TokenBucket _packets = new(PacketsPerSecond, PacketBurst);
    private TokenBucket _bytes = new(BytesPerSecond, ByteBurst);
    private uint? _ssrc = format.AnnouncedSsrc;
    private ReceptionStatistics? _reception;

    /// <summary>Permitted and not muted.</summary>
    public bool MayPublish { get; set; }

    /// <summary>The one SSRC, once it is known.</summary>
    public uint? Ssrc => _ssrc;

    /// <summary>Takes in one decrypted packet.</summary>
    public MicrophoneVerdict Handle(ReadOnlySpan<byte> packet, Instant now)
    {
        if (!RtpPacketView.TryParse(packet, out var rtp))
        {
            return MicrophoneVerdict.Malformed;
        }

        var isRed = rtp.PayloadType == format.RedPayloadType;
        if ((!isRed && rtp.PayloadType != format.OpusPayloadType) || !IsOwn(rtp.Ssrc))
        {
            return MicrophoneVerdict.Foreign;
        }

        if (!_packets.TryTake(1, now) || !_bytes.TryTake(packet.Length, now))
        {
            return MicrophoneVerdict.TooFast;
        }

        _reception ??= new ReceptionStatistics(rtp.Ssrc, ClockRate);
        _reception.Handle(now, rtp.SequenceNumber, rtp.Timestamp);
        return MayPublish ? Route(rtp, isRed, now) : MicrophoneVerdict.Forbidden;
    }

    /// <summary>What to report to the client since the last call; false before its first packet.</summary>
    public bool TryReport(Instant now, out ReportBlock report)
    {
        report = default;
        return _reception is not null && _reception.TryReport(now, out report);
    }

    /// <summary>The client told the time of its stream.</summary>
    public void HandleSenderReport(Instant now, in SenderReportView report)
    {
        if (report.Ssrc == _ssrc)
        {
            _reception?.HandleSenderReport(now, report.Information.Ntp);
        }
    }

    private MicrophoneVerdict Route(in RtpPacketView rtp, bool isRed, Instant now)
    {
        var payload = isRed ? Unwrap(rtp.Payload) : rtp.Payload;
        if (payload.IsEmpty)
        {
            return MicrophoneVerdict.Malformed;
        }

        var level = AudioLevel.TryRead(rtp.Extensions, format.AudioLevelId, out var claimed)
            ? claimed.DecibelsBelowFullScale
            : AudioPacket.LevelUnknown;
        room.Route(new AudioPacket(mediaId, rtp.SequenceNumber, rtp.Timestamp, rtp.Marker, level, payload), now);
        return MicrophoneVerdict.Routed;
    }

    /// <summary>The packet's own audio out of RED; empty when there is none of Opus.</summary>
    private ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> payload) =>
        RedPayloadView.TryParse(payload, out var red) && red.Primary.PayloadType == format.OpusPayloadType
            ? red.Primary.Data
            : default;

    private bool IsOwn(uint ssrc)
    {
        _ssrc ??= ssrc;
        return _ssrc == ssrc;
    }
}
