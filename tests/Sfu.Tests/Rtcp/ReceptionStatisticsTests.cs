using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtcp;

namespace Spaces.Sfu.Tests.Rtcp;

[TestFixture]
public sealed class ReceptionStatisticsTests
{
    private const uint Ssrc = 5;
    private const int ClockRate = 48_000;
    private static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    private readonly ReceptionStatistics _statistics = new(Ssrc, ClockRate);
    private readonly Instant _now = Instant.Zero;

    [Test]
    public void There_is_no_report_before_the_first_packet() =>
        Assert.That(new ReceptionStatistics(Ssrc, ClockRate).TryReport(_now, out _), Is.False);

    [Test]
    public void Loss_is_counted_across_the_wrap_and_jitter_of_even_packets_is_zero()
    {
        var statistics = new ReceptionStatistics(Ssrc, ClockRate);
        for (var i = 0; i < 100; i++)
        {
            if (i % 4 != 1)
            {
                Handle(statistics, i, 65_500 + i);
            }
        }

        var report = Report(statistics);
        Assert.That(report.CumulativeLost, Is.EqualTo(25));
        Assert.That(report.FractionLost, Is.EqualTo(64));
        Assert.That(report.ExtendedHighestSequence, Is.EqualTo(65_599));
        Assert.That(report.Jitter, Is.Zero);
        Assert.That(Report(statistics).FractionLost, Is.Zero, "Nothing was expected since");
    }

    [Test]
    public void Duplicates_make_the_loss_negative()
    {
        var statistics = new ReceptionStatistics(Ssrc, ClockRate);
        Handle(statistics, 0, 10);
        Handle(statistics, 0, 10);

        Assert.That(Report(statistics).CumulativeLost, Is.EqualTo(-1));
        Assert.That(Report(statistics).FractionLost, Is.Zero);
    }

    [Test]
    public void Jitter_follows_the_formula_of_appendix_A_8()
    {
        // Every second packet is 10 ms late, so |D| is 480 each time: J tends to 480.
        var statistics = new ReceptionStatistics(Ssrc, ClockRate);
        for (var i = 0; i < 400; i++)
        {
            var late = TimeSpan.FromMilliseconds(i % 2 == 0 ? 0 : 10);
            statistics.Handle(_now + (FrameDuration * i) + late, (ushort)i, (uint)(i * 960));
        }

        Assert.That(Report(statistics).Jitter, Is.EqualTo(480).Within(2));
    }

    [Test]
    public void A_single_stray_packet_is_passed_over_and_two_in_a_row_are_a_new_start()
    {
        var statistics = new ReceptionStatistics(Ssrc, ClockRate);
        Handle(statistics, 0, 10);
        Handle(statistics, 1, 20_000);
        Assert.That(Report(statistics).ExtendedHighestSequence, Is.EqualTo(10));

        Handle(statistics, 2, 30_000);
        Handle(statistics, 3, 30_001);
        Assert.That(Report(statistics).ExtendedHighestSequence, Is.EqualTo(30_001));
        Assert.That(Report(statistics).CumulativeLost, Is.Zero);
    }

    [Test]
    public void A_report_tells_how_long_ago_the_sender_report_came()
    {
        _statistics.Handle(_now, 1, 0);
        _statistics.HandleSenderReport(_now, new NtpTimestamp(0x1111_2222_3333_4444));

        Assert.That(_statistics.TryReport(_now + TimeSpan.FromSeconds(1.5), out var report), Is.True);
        Assert.That(report.LastSenderReport, Is.EqualTo(0x2222_3333));
        Assert.That(report.DelaySinceLastSenderReport, Is.EqualTo(98_304));
    }

    private void Handle(ReceptionStatistics statistics, int frame, int sequence) =>
        statistics.Handle(_now + (FrameDuration * frame), (ushort)sequence, (uint)(frame * 960));

    private ReportBlock Report(ReceptionStatistics statistics)
    {
        Assert.That(statistics.TryReport(_now, out var report), Is.True);
        return report;
    }
}
