using Spaces.Load.Statistics;

namespace Spaces.Load.Tests.Statistics;

[TestFixture]
public sealed class SamplesTests
{
    [TestCase(new[] { 3.0, 1.0, 2.0 }, 2.0, 1.0, 3.0)]
    [TestCase(new[] { 4.0, 1.0, 2.0, 3.0 }, 2.5, 1.0, 4.0)]
    [TestCase(new[] { 7.0, double.NaN }, 7.0, 7.0, 7.0)]
    public void The_median_and_the_extremes_are_those_of_the_runs(
        double[] runs,
        double median,
        double min,
        double max
    ) => Assert.That(Samples.Of(runs), Is.EqualTo(new Samples(median, min, max)));

    [Test]
    public void No_run_gives_no_number() => Assert.That(Samples.Of([]).Median, Is.NaN);
}
