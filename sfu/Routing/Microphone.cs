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

    /// <summary>The most packets that one request asks for.</summary>
    public const int RequestMax = MissingPackets.CountMax;

    private static readonly TimeSpan RoundTripMin = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan RoundTripMax = TimeSpan.FromMilliseconds(500);

    private TokenBucket _packets = new(PacketsPerSecond, PacketBurst);
    private TokenBucket _bytes = new(BytesPerSecond, ByteBurst);
    private uint? _ssrc = format.AnnouncedSsrc;
    private readonly MissingPackets _missing = new();
    private ReceptionStatistics? _reception;

    /// <summary>Permitted and not muted.</summary>
    public bool MayPublish { get; set; }

    /// <summary>The one SSRC, once it is known.</summary>
    public uint? Ssrc => _ssrc;

    /// <summary>When to ask for missing packets; null when there are none, or it may not be asked.</summary>
    public Instant? NextRequest => format.HasNack && MayPublish ? _missing.NextRequest : null;

    /// <summary>Takes out the numbers of packets to ask for now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="numbers">Room for <see cref="RequestMax"/>.</param>
    public int TakeMissing(Instant now, Span<ushort> numbers) => _missing.TakeDue(now, numbers);

    /// <summary>How long the client takes to answer; zero: not known.</summary>
    public void HandleRoundTrip(TimeSpan roundTrip)
    {
        if (roundTrip > TimeSpan.Zero)
        {
            var ticks = Math.Clamp(roundTrip.Ticks, RoundTripMin.Ticks, RoundTripMax.Ticks);
            _missing.RoundTrip = TimeSpan.FromTicks(ticks);
        }
    }

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
        if (!MayPublish)
        {
            return _missing.TryReceive(rtp.SequenceNumber, now)
                ? MicrophoneVerdict.Forbidden
                : MicrophoneVerdict.Repeated;
        }

        return isRed ? RouteRed(rtp, now) : RoutePlain(rtp, rtp.Payload, now);
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

    /// <summary>What is missing and carried along comes first, then the packet's own audio.</summary>
    private MicrophoneVerdict RouteRed(in RtpPacketView rtp, Instant now)
    {
        if (!RedPayloadView.TryParse(rtp.Payload, out var red) || red.Primary.PayloadType != format.OpusPayloadType)
        {
            return MicrophoneVerdict.Malformed;
        }

        for (var i = 0; i < red.RedundantCount; i++)
        {
            var back = red.RedundantCount - i;
            var block = red.Redundant(i);
            var number = (ushort)(rtp.SequenceNumber - back);
            if (IsFrameBefore(block, back) && IsNews(number, rtp.SequenceNumber) && _missing.TryReceive(number, now))
            {
                var timestamp = rtp.Timestamp - (uint)block.TimestampOffset;
                room.Route(new AudioPacket(mediaId, number, timestamp, false, Level(rtp), block.Data), now);
            }
        }

        return RoutePlain(rtp, red.Primary.Data, now);
    }

    private MicrophoneVerdict RoutePlain(in RtpPacketView rtp, ReadOnlySpan<byte> payload, Instant now)
    {
        if (payload.IsEmpty)
        {
            return MicrophoneVerdict.Malformed;
        }

        if (!_missing.TryReceive(rtp.SequenceNumber, now))
        {
            return MicrophoneVerdict.Repeated;
        }

        var packet = new AudioPacket(mediaId, rtp.SequenceNumber, rtp.Timestamp, rtp.Marker, Level(rtp), payload);
        room.Route(packet, now);
        return MicrophoneVerdict.Routed;
    }

    /// <summary>
    /// A block belongs to the packet that many numbers before if it is as much older as its own length says; after a
    /// pause it may be of any.
    /// </summary>
    private bool IsFrameBefore(in RedBlock block, int back) =>
        block.PayloadType == format.OpusPayloadType
        && OpusPacket.TryGetSamples(block.Data, out var samples)
        && block.TimestampOffset == back * samples;

    /// <summary>Missing, or after the last that came and before the packet that carries it.</summary>
    private bool IsNews(ushort number, ushort carrier) =>
        _missing.IsMissing(number) || _missing.IsNext(number, carrier);

    private byte Level(in RtpPacketView rtp) =>
        AudioLevel.TryRead(rtp.Extensions, format.AudioLevelId, out var claimed)
            ? claimed.DecibelsBelowFullScale
            : AudioPacket.LevelUnknown;

    private bool IsOwn(uint ssrc)
    {
        _ssrc ??= ssrc;
        return _ssrc == ssrc;
    }
}
