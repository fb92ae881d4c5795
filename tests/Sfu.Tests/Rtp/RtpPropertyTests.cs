using FsCheck;
using FsCheck.Fluent;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Tests.Rtp;

/// <summary>Any bytes give a value or false, within a bounded number of steps; never an exception.</summary>
[TestFixture]
public sealed class RtpPropertyTests
{
    private const int MutationCount = 20_000;

    /// <summary>One transport-wide feedback tells of at most 65,535 packets; a datagram holds few that long.</summary>
    private const int StepsMax = 65_536 * 400;

    [Test]
    public void Any_bytes_are_read_or_refused() =>
        Prop.ForAll<byte[]?>(bytes => ReadEverything(bytes ?? [])).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Test]
    public void Damaged_packets_are_read_or_refused([Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        byte[][] samples =
        [
            RtpPacketViewTests.WithExtension(0xBEDE, [0x10, 0x99, 0x45, .. "audio0"u8, 0, 0, 0]),
            RtpPacketViewTests.WithExtension(0x1000, [1, 1, 5, 4, 6, .. "audio0"u8, 0]),
            [0xEF, 0x1E, 0x00, 0x02, 0xEF, 0x0F, 0x00, 0x03, 111, 1, 1, 2, 2, 2, 3, 3, 3, 3],
            Rtcp.RtcpTests.WriteEverything(),
            Convert.FromHexString("8FCD0006000000010000000200050006FFFFFF012003D5001404FF009C00A000"),
        ];
        for (var i = 0; i < MutationCount; i++)
        {
            var packet = (byte[])samples[random.Next(samples.Length)].Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            ReadEverything(packet.AsSpan(0, random.Next(packet.Length + 1)));
        }
    }

    private static void ReadEverything(ReadOnlySpan<byte> bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var steps = ReadRtp(bytes);
        foreach (var packet in new RtcpCompound(bytes))
        {
            steps += ReadRtcp(packet);
        }

        OpusPacket.TryGetSamples(bytes, out _);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.Zero);
        Assert.That(steps, Is.LessThan(StepsMax));
    }

    private static int ReadRtp(ReadOnlySpan<byte> bytes)
    {
        var steps = 0;
        if (RtpPacketView.TryParse(bytes, out var view))
        {
            for (var id = 0; id < 256; id++)
            {
                steps += view.Extensions.TryGet(id, out var value) ? value.Length : 0;
            }

            for (var i = 0; i < view.CsrcCount; i++)
            {
                steps += (int)(view.Csrc(i) & 1);
            }

            steps += view.Payload.Length + (int)(view.Ssrc & 1);
        }

        if (RedPayloadView.TryParse(bytes, out var red))
        {
            for (var i = 0; i < red.RedundantCount; i++)
            {
                steps += red.Redundant(i).Data.Length;
            }
        }

        return steps;
    }

    private static int ReadRtcp(in RtcpPacketView packet)
    {
        var steps = 1;
        if (SenderReportView.TryParse(packet, out var sender))
        {
            for (var i = 0; i < sender.ReportCount; i++)
            {
                steps += sender.Report(i).FractionLost + (int)(sender.Information.PacketCount & 1);
            }
        }

        if (ReceiverReportView.TryParse(packet, out var receiver))
        {
            for (var i = 0; i < receiver.ReportCount; i++)
            {
                steps += receiver.Report(i).FractionLost;
            }
        }

        if (GoodbyeView.TryParse(packet, out var goodbye))
        {
            for (var i = 0; i < goodbye.SourceCount; i++)
            {
                steps += (int)(goodbye.Source(i) & 1);
            }
        }

        if (SourceDescriptionView.TryParse(packet, out var description))
        {
            steps += description.TryGetCname(1, out var name) ? name.Length : 0;
        }

        if (NackView.TryParse(packet, out var nack))
        {
            foreach (var _ in nack)
            {
                steps++;
            }
        }

        if (TransportFeedbackView.TryParse(packet, out var feedback))
        {
            foreach (var _ in feedback)
            {
                steps++;
            }
        }

        return steps;
    }
}
