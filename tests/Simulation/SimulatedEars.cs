using System.Buffers.Binary;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Routing;

namespace Spaces.Simulation;

/// <summary>A participant's receiving side: what arrived when, reports of it, and requests for what did not.</summary>
/// <remarks>It asks as Chromium does: at once, and again after one and a half round trips and 5 ms.</remarks>
internal sealed class SimulatedEars(uint mediaId, PeerAbilities abilities, Random random)
{
    private const uint ClockRate = 48_000;
    private static readonly TimeSpan RequestInterval = TimeSpan.FromMilliseconds(80);

    private readonly Dictionary<uint, Slot> _slots = [];
    private readonly ushort[] _missing = new ushort[Microphone.RequestMax];
    private readonly byte[] _packet = new byte[600];
    private Instant? _nextReport;

    /// <summary>How often each speaker was heard since the last <see cref="Forget"/>.</summary>
    public Dictionary<uint, int> Heard { get; } = [];

    /// <summary>When each frame of a speaker first arrived, by speaker and number.</summary>
    public Dictionary<(uint Speaker, int Frame), Instant> ArrivedAt { get; } = [];

    /// <summary>Sender reports, and when they were made by this network's clock.</summary>
    public List<SenderInformation> SenderReports { get; } = [];

    /// <summary>Packets that came with earlier frames.</summary>
    public int RedPackets { get; private set; }

    /// <summary>When a report or request is due.</summary>
    public Instant? Next
    {
        get
        {
            var next = _nextReport;
            foreach (var slot in abilities.HasNack ? _slots.Values : Enumerable.Empty<Slot>())
            {
                next = slot.Missing.NextRequest < next ? slot.Missing.NextRequest : next;
            }

            return next;
        }
    }

    public void Forget() => Heard.Clear();

    public uint Hear(Instant now, in RtpPacketView rtp)
    {
        var speaker = rtp.Csrc(0);
        if (rtp.PayloadType == PeerOffer.RedPayloadType)
        {
            RedPackets++;
            Assert.That(abilities.HasRed, "RED for somebody who did not offer it");
            Assert.That(RedPayloadView.TryParse(rtp.Payload, out var red));
            for (var i = 0; i < red.RedundantCount; i++)
            {
                HearFrame(now, speaker, red.Redundant(i).Data);
            }

            HearFrame(now, speaker, red.Primary.Data);
        }
        else
        {
            HearFrame(now, speaker, rtp.Payload);
        }

        Heard[speaker] = Heard.GetValueOrDefault(speaker) + 1;
        Count(now, rtp);
        return speaker;
    }

    public void HearReport(Instant now, in SenderReportView report)
    {
        SenderReports.Add(report.Information);
        if (_slots.TryGetValue(report.Ssrc, out var slot))
        {
            slot.Reception.HandleSenderReport(now, report.Information.Ntp);
        }
    }

    /// <summary>What is due, as plain RTCP; empty when nothing is.</summary>
    public ReadOnlyMemory<byte> Report(Instant now)
    {
        var writer = new RtcpWriter(_packet);
        var blocks = new List<ReportBlock>();
        if (_nextReport <= now)
        {
            _nextReport = now + TimeSpan.FromSeconds(0.5 + random.NextDouble());
            foreach (var slot in _slots.Values)
            {
                if (slot.Reception.TryReport(now, out var block))
                {
                    blocks.Add(block);
                }
            }
        }

        writer.WriteReceiverReport(mediaId, blocks.ToArray());
        var hasNews = blocks.Count > 0;
        foreach (var (ssrc, slot) in _slots)
        {
            if (abilities.HasNack && slot.Missing.TakeDue(now, _missing) is > 0 and var count)
            {
                writer.WriteNack(mediaId, ssrc, _missing.AsSpan(0, count));
                hasNews = true;
            }
        }

        return hasNews ? _packet.AsMemory(0, writer.Length) : default;
    }

    private void HearFrame(Instant now, uint speaker, ReadOnlySpan<byte> frame)
    {
        Assert.That(BinaryPrimitives.ReadUInt32BigEndian(frame[4..]), Is.EqualTo(speaker), "Another's content");
        var number = BinaryPrimitives.ReadInt32BigEndian(frame[SimulatedMicrophone.FrameNumberOffset..]);
        ArrivedAt.TryAdd((speaker, number), now);
    }

    private void Count(Instant now, in RtpPacketView rtp)
    {
        _nextReport ??= now + TimeSpan.FromSeconds(random.NextDouble());
        if (!_slots.TryGetValue(rtp.Ssrc, out var slot))
        {
            slot = new Slot(new ReceptionStatistics(rtp.Ssrc, ClockRate), new MissingPackets());
            slot.Missing.RoundTrip = 2 * RequestInterval; // It asks twice in that.
            _slots.Add(rtp.Ssrc, slot);
        }

        slot.Reception.Handle(now, rtp.SequenceNumber, rtp.Timestamp);
        slot.Missing.TryReceive(rtp.SequenceNumber, now);
    }

    private sealed record Slot(ReceptionStatistics Reception, MissingPackets Missing);
}
