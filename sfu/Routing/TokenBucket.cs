using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>Lets so much through a second and no more, with room for a burst.</summary>
/// <remarks>A mutable struct, changed in place by its owner. Starts full.</remarks>
public struct TokenBucket
{
    private readonly double _perSecond;
    private readonly double _burst;
    private double _tokens;
    private Instant _filledAt;

    /// <param name="perSecond">The sustained rate.</param>
    /// <param name="burst">How much may come at once after a pause.</param>
    public TokenBucket(double perSecond, double burst)
    {
        _perSecond = perSecond;
        _burst = burst;
        _tokens = burst;
    }

    /// <summary>Takes <paramref name="count"/> out; false, taking nothing, when there is not so much.</summary>
    public bool TryTake(double count, Instant now)
    {
        _tokens = Math.Min(_burst, _tokens + (_perSecond * (now - _filledAt).TotalSeconds));
        _filledAt = now;
        if (_tokens < count)
        {
            return false;
        }

        _tokens -= count;
        return true;
    }
}
