namespace Spaces.Simulation;

/// <summary>A fingerprint of everything that happened, in order: the same seed gives the same.</summary>
/// <remarks>
/// FNV-1a over 64-bit words. Keys and what they encrypt are left out: they come from the system's source.
/// </remarks>
internal sealed class Trace
{
    private const ulong OffsetBasis = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    public ulong Hash { get; private set; } = OffsetBasis;

    public long Count { get; private set; }

    public void Add(params ReadOnlySpan<long> values)
    {
        foreach (var value in values)
        {
            Hash = (Hash ^ (ulong)value) * Prime;
        }

        Count++;
    }
}
