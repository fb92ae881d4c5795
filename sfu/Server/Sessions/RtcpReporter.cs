using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Routing;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Telemetry;

namespace Spaces.Sfu.Server.Sessions;

/// <summary>The RTCP of one session: sender reports for its slots, a reception report for its microphone.</summary>
/// <remarks>
/// RFC 3550 §6. What the client says counts only for its own stream: a BYE or report of another SSRC is passed over.
/// Not thread-safe: the session's worker owns it.
/// </remarks>
/// <param name="sender">The way to the client.</param>
/// <param name="microphone">Null when it has none.</param>
/// <param name="listener">Null when it has no slots.</param>
/// <param name="ownSsrc">Whom reports come from: the first slot, or a number of our own without slots.</param>
/// <param name="cname">The same for all slots: they play in one time.</param>
/// <param name="clock">The time of day.</param>
/// <param name="random">Spreads the reports of many sessions.</param>
internal sealed class RtcpReporter(
    PeerSender sender,
    Microphone? microphone,
    Listener? listener,
    uint ownSsrc,
    string cname,
    NtpClock clock,
    Random random
)
{
    /// <summary>An encoder adapts to loss within two reports; a listener needs the time only to play in step.</summary>
    private static readonly TimeSpan PublisherInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ListenerInterval = TimeSpan.FromSeconds(4);

    private readonly ReportBlock[] _block = new ReportBlock[1];
    private readonly ushort[] _missing = new ushort[Microphone.RequestMax];
    private readonly uint[] _sources = new uint[RoomAudience.SlotCountMax + 1];

    /// <summary>When <see cref="SendReport"/> is due; null before the session is connected.</summary>
    public Instant? NextReport { get; private set; }

    /// <summary>When <see cref="SendRequest"/> is due; null while nothing is missing.</summary>
    public Instant? NextRequest => microphone?.NextRequest;

    public void Begin(Instant now) => NextReport = now + Jittered();

    /// <summary>
    /// One compound: a report for each slot that carried something, what was received, and the names.
    /// </summary>
    public void SendReport(Instant now)
    {
        NextReport = now + Jittered();
        if (!sender.TryRent(out var buffer))
        {
            return;
        }

        var blockCount = microphone is not null && microphone.TryReport(now, out _block[0]) ? 1 : 0;
        var writer = new RtcpWriter(buffer);
        writer.WriteReceiverReport(ownSsrc, _block.AsSpan(0, blockCount));
        writer.WriteCname(ownSsrc, cname);
        for (var i = 0; i < (listener?.SlotCount ?? 0); i++)
        {
            ref readonly var slot = ref listener!.Slot(i);
            if (slot.PacketCount > 0)
            {
                writer.WriteSenderReport(slot.Ssrc, Information(slot, now));
                writer.WriteCname(slot.Ssrc, cname);
            }
        }

        sender.SendRtcp(writer.Length);
    }

    /// <summary>Asks for packets of the microphone that did not come (RFC 4585 §6.2.1).</summary>
    public void SendRequest(Instant now)
    {
        var count = microphone!.TakeMissing(now, _missing);
        if (count == 0 || microphone.Ssrc is not { } ssrc || !sender.TryRent(out var buffer))
        {
            return;
        }

        var writer = new RtcpWriter(buffer);
        writer.WriteReceiverReport(ownSsrc, default);
        writer.WriteNack(ownSsrc, ssrc, _missing.AsSpan(0, count));
        sender.SendRtcp(writer.Length);
    }

    /// <summary>The slots end (RFC 3550 §6.6).</summary>
    public void SendGoodbye()
    {
        if (!sender.TryRent(out var buffer))
        {
            return;
        }

        var count = 0;
        _sources[count++] = ownSsrc;
        for (var i = 0; i < (listener?.SlotCount ?? 0); i++)
        {
            if (listener!.Slot(i).Ssrc != ownSsrc)
            {
                _sources[count++] = listener.Slot(i).Ssrc;
            }
        }

        var writer = new RtcpWriter(buffer);
        writer.WriteReceiverReport(ownSsrc, default);
        writer.WriteCname(ownSsrc, cname);
        writer.WriteGoodbye(_sources.AsSpan(0, count));
        sender.SendRtcp(writer.Length);
    }

    /// <summary>Takes in one decrypted compound packet.</summary>
    /// <returns>Whether the client ended its microphone's stream.</returns>
    public bool Handle(ReadOnlySpan<byte> packet, Instant now, DropCounters drops)
    {
        var hasSaidGoodbye = false;
        var isEmpty = true;
        foreach (var part in new RtcpCompound(packet))
        {
            isEmpty = false;
            if (part.Type == RtcpPacketType.SenderReport && SenderReportView.TryParse(part, out var report))
            {
                microphone?.HandleSenderReport(now, report);
                for (var i = 0; i < report.ReportCount; i++)
                {
                    HandleReport(report.Report(i), now);
                }
            }
            else if (part.Type == RtcpPacketType.ReceiverReport && ReceiverReportView.TryParse(part, out var receiver))
            {
                for (var i = 0; i < receiver.ReportCount; i++)
                {
                    HandleReport(receiver.Report(i), now);
                }
            }
            else if (part.Type == RtcpPacketType.TransportFeedback && NackView.TryParse(part, out var nack))
            {
                listener?.HandleNack(nack, now);
            }
            else if (part.Type == RtcpPacketType.Goodbye && GoodbyeView.TryParse(part, out var goodbye))
            {
                hasSaidGoodbye |= Concerns(goodbye);
            }
        }

        drops.Malformed += isEmpty ? 1 : 0;
        return hasSaidGoodbye;
    }

    private void HandleReport(in ReportBlock report, Instant now)
    {
        var roundTrip = NtpTimestamp.RoundTrip(clock.At(now), report);
        listener?.HandleReport(report, roundTrip, now);
        microphone?.HandleRoundTrip(roundTrip);
    }

    private SenderInformation Information(in ListenerSlot slot, Instant now) =>
        new(clock.At(now), slot.TimestampAt(now), slot.PacketCount, slot.OctetCount);

    private bool Concerns(in GoodbyeView goodbye)
    {
        for (var i = 0; i < goodbye.SourceCount; i++)
        {
            if (goodbye.Source(i) == microphone?.Ssrc)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Half to one and a half of the interval, so that sessions do not report in step (RFC 3550 §6.3.1).
    /// </summary>
    private TimeSpan Jittered() =>
        (microphone is null ? ListenerInterval : PublisherInterval) * (0.5 + random.NextDouble());
}
