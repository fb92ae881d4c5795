using Spaces.Load.Statistics;

namespace Spaces.Load.Tests.Statistics;

[TestFixture]
public sealed class LatencyHistogramTests
{
    [Test]
    public void Percentiles_are_those_of_the_sorted_values_within_a_bucket()
    {
        var histogram = new LatencyHistogram();
        for (var microseconds = 1; microseconds <= 10_000; microseconds++)
        {
            histogram.Record(microseconds * 1000L);
        }

        Assert.Multiple(() =>
        {
            Assert.That(histogram.Percentile(50), Is.EqualTo(5_000_000).Within(0.8).Percent);
            Assert.That(histogram.Percentile(99), Is.EqualTo(9_900_000).Within(0.8).Percent);
            Assert.That(histogram.Percentile(100), Is.EqualTo(10_000_000).Within(0.8).Percent);
            Assert.That(histogram.Count, Is.EqualTo(10_000));
            Assert.That(histogram.MaxNanoseconds, Is.EqualTo(10_000_000));
        });
    }

    [Test]
    public void Every_duration_is_reported_within_a_hundredth([Range(0, 43)] int exponent)
    {
        foreach (var value in (long[])[1L << exponent, (1L << exponent) + (1L << exponent >> 1), (2L << exponent) - 1])
        {
            var histogram = new LatencyHistogram();
            histogram.Record(value);
            Assert.That(histogram.Percentile(100), Is.EqualTo(value).Within(1).Percent);
        }
    }

    [TestCase(-1, 0)]
    [TestCase(0, 0)]
    public void A_duration_that_a_clock_set_back_made_negative_counts_as_none(long duration, long expected)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(duration);

        Assert.That(histogram.Percentile(50), Is.EqualTo(expected));
    }

    [Test]
    public void A_duration_beyond_the_scale_counts_in_the_last_bucket()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(long.MaxValue);

        Assert.That(histogram.Percentile(100), Is.GreaterThan(1L << 43));
    }

    [Test]
    public void Nothing_recorded_gives_zero() => Assert.That(new LatencyHistogram().Percentile(99), Is.Zero);

    [Test]
    public void Recording_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            histogram.Record(i * 977L);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
