namespace Spaces.Signaling.Server.Sessions;

/// <summary>A token bucket: how many requests one connection may make. Not thread-safe.</summary>
internal sealed class RequestBudget(TimeProvider time)
{
    public const int Burst = 100;
    public const int PerSecond = 20;

    /// <summary>Requests refused one after the other; then the connection ends.</summary>
    public const int RefusedMax = 200;

    private double _left = Burst;
    private long _at = time.GetTimestamp();
    private int _refused;

    public bool IsExhausted => _refused > RefusedMax;

    /// <summary>
    /// A change of the room is told to everybody in it: one person must not make work for thousands 20 times a second.
    /// </summary>
    public const int CostOfChange = 5;

    public bool TryTake(int cost = 1)
    {
        var now = time.GetTimestamp();
        _left = Math.Min(Burst, _left + (time.GetElapsedTime(_at, now).TotalSeconds * PerSecond));
        _at = now;
        if (_left < cost)
        {
            _refused++;
            return false;
        }

        _left -= cost;
        _refused = 0;
        return true;
    }
}
