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

    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(Burst, _left + (time.GetElapsedTime(_at, now).TotalSeconds * PerSecond));
        _at = now;
        if (_left < 1)
        {
            _refused++;
            return false;
        }

        _left--;
        _refused = 0;
        return true;
    }
}
