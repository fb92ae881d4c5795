namespace Spaces.Load.Statistics;

/// <summary>
/// What several runs of one measurement gave. The median is what to expect; the minimum is what the machine can do when
/// nothing disturbs it.
/// </summary>
internal readonly record struct Samples(double Median, double Min, double Max)
{
    /// <summary>Sums up runs; an empty list gives NaN, which reports print as a dash.</summary>
    public static Samples Of(IEnumerable<double> runs)
    {
        var sorted = runs.Where(double.IsFinite).Order().ToArray();
        if (sorted.Length == 0)
        {
            return new Samples(double.NaN, double.NaN, double.NaN);
        }

        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Samples(median, sorted[0], sorted[^1]);
    }
}
