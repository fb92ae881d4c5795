using Spaces.Sfu.Protocol.Rtcp;

namespace Spaces.Sfu.Tests.Rtcp;

[TestFixture]
public sealed class RtcpTests
{
    private static readonly ReportBlock Block = new(9, 128, -3, 0x1_0005, 77, 0xAABBCCDD, 65_536);
    private static readonly SenderInformation Information = new(new NtpTimestamp(0x0102030405060708), 11, 12, 13);

    [Test]
    public void What_the_writer_writes_the_views_read()
    {
        var types = new List<byte>();
        foreach (var packet in new RtcpCompound(WriteEverything()))
        {
            types.Add(packet.Type);
            AssertContents(packet);
        }

        Assert.That(types, Is.EqualTo(new byte[] { 200, 201, 202, 203, 205 }));
    }

    [TestCase("a")]
    [TestCase("ab")]
    [TestCase("abc")]
    [TestCase("abcd")]
    [TestCase("abcde")]
    public void A_cname_of_any_length_ends_on_a_whole_word(string cname)
    {
        var buffer = new byte[64];
        var writer = new RtcpWriter(buffer);
        writer.WriteCname(5, cname);

        Assert.That(writer.Length % 4, Is.Zero);
        var compound = new RtcpCompound(buffer.AsSpan(0, writer.Length));
        Assert.That(compound.MoveNext(), Is.True);
        Assert.That(SourceDescriptionView.TryParse(compound.Current, out var view), Is.True);
        Assert.That(view.TryGetCname(5, out var read), Is.True);
        Assert.That(System.Text.Encoding.ASCII.GetString(read), Is.EqualTo(cname));
        Assert.That(view.TryGetCname(6, out _), Is.False);
    }

    [Test]
    public void A_nack_asks_for_each_missing_packet_once()
    {
        ushort[] missing = [65_530, 65_531, 3, 10, 11, 40];
        var buffer = new byte[64];
        var writer = new RtcpWriter(buffer);
        writer.WriteNack(1, 2, missing);

        var compound = new RtcpCompound(buffer.AsSpan(0, writer.Length));
        Assert.That(compound.MoveNext(), Is.True);
        Assert.That(NackView.TryParse(compound.Current, out var nack), Is.True);
        Assert.That(nack.MediaSsrc, Is.EqualTo(2));
        var read = new List<ushort>();
        foreach (var sequence in nack)
        {
            read.Add(sequence);
        }

        Assert.That(read, Is.EqualTo(missing));
    }

    [Test]
    public void Transport_feedback_gives_each_packet_and_its_delta()
    {
        // Base 5, six packets: a run of three small deltas, then a two-bit vector with large, lost, small.
        var packet = Convert.FromHexString(
            "8FCD0007"
                + "00000001"
                + "00000002"
                + "00050006"
                + "00001007"
                + "2003"
                + "E100"
                + "0A0B0C"
                + "FF00"
                + "0D"
                + "0000"
        );
        var compound = new RtcpCompound(packet);
        Assert.That(compound.MoveNext(), Is.True);
        Assert.That(TransportFeedbackView.TryParse(compound.Current, out var feedback), Is.True);

        var arrivals = new List<PacketArrival>();
        foreach (var arrival in feedback)
        {
            arrivals.Add(arrival);
        }

        Assert.That(feedback.ReferenceTime, Is.EqualTo(16));
        Assert.That(feedback.FeedbackCount, Is.EqualTo(7));
        Assert.That(
            arrivals,
            Is.EqualTo(
                new PacketArrival[]
                {
                    new(5, true, 10),
                    new(6, true, 11),
                    new(7, true, 12),
                    new(8, true, -256),
                    new(9, false, 0),
                    new(10, true, 13),
                }
            )
        );
    }

    [Test]
    public void A_compound_ends_where_it_is_cut_short()
    {
        var whole = WriteEverything();
        var packets = 0;
        foreach (var _ in new RtcpCompound(whole.AsSpan(0, whole.Length - 1)))
        {
            packets++;
        }

        Assert.That(packets, Is.EqualTo(4));
    }

    [Test]
    public void A_wall_clock_time_becomes_an_ntp_time()
    {
        var time = NtpTimestamp.From(new DateTimeOffset(1970, 1, 1, 0, 0, 0, 500, TimeSpan.Zero));

        Assert.That(time.Value, Is.EqualTo((2_208_988_800UL << 32) | 0x8000_0000));
        Assert.That(time.Middle, Is.EqualTo(0x7E80_8000));
    }

    [Test]
    public void A_round_trip_is_now_less_report_less_delay()
    {
        // The example of RFC 3550 §6.4.1, figure 2: 6.125 s.
        var now = new NtpTimestamp(0xB44D_B705_2000_0000);
        var block = new ReportBlock(1, 0, 0, 0, 0, 0xB705_2000, 0x0005_4000);
        var received = new NtpTimestamp((ulong)0xB710_8000 << 16);

        Assert.That(now.Middle, Is.EqualTo(0xB705_2000));
        Assert.That(NtpTimestamp.RoundTrip(received, block), Is.EqualTo(TimeSpan.FromSeconds(6.125)));
        Assert.That(NtpTimestamp.RoundTrip(now, block), Is.EqualTo(TimeSpan.Zero), "A delay that has not passed");
    }

    internal static byte[] WriteEverything()
    {
        var buffer = new byte[512];
        var writer = new RtcpWriter(buffer);
        writer.WriteSenderReport(1, Information, [Block]);
        writer.WriteReceiverReport(2, [Block, Block]);
        writer.WriteCname(3, "name@example");
        writer.WriteGoodbye([4, 5]);
        writer.WriteNack(6, 7, [1, 2, 17, 18]);
        return buffer[..writer.Length];
    }

    private static void AssertContents(in RtcpPacketView packet)
    {
        if (SenderReportView.TryParse(packet, out var sender))
        {
            Assert.That(sender.Ssrc, Is.EqualTo(1));
            Assert.That(sender.Information, Is.EqualTo(Information));
            Assert.That(sender.Report(0), Is.EqualTo(Block));
        }

        if (ReceiverReportView.TryParse(packet, out var receiver))
        {
            Assert.That(receiver.ReportCount, Is.EqualTo(2));
            Assert.That(receiver.Report(1), Is.EqualTo(Block));
        }

        if (GoodbyeView.TryParse(packet, out var goodbye))
        {
            Assert.That(goodbye.SourceCount, Is.EqualTo(2));
            Assert.That(goodbye.Source(1), Is.EqualTo(5));
        }
    }
}
