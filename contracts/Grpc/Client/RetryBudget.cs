using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client;

/// <summary>Stops the retries of a channel while most of its calls fail.</summary>
internal sealed class RetryBudget(RetryThrottlingPolicy? policy)
{
    private readonly Lock _gate = new();
    private readonly double _max = policy?.MaxTokens ?? double.PositiveInfinity;
    private readonly double _ratio = policy?.TokenRatio ?? 0;
    private double _tokens = policy?.MaxTokens ?? double.PositiveInfinity;

    public void Succeeded()
    {
        lock (_gate)
        {
            _tokens = Math.Min(_max, _tokens + _ratio);
        }
    }

    /// <returns>Whether the call that failed may be made again.</returns>
    public bool TryTake()
    {
        lock (_gate)
        {
            _tokens = Math.Max(0, _tokens - 1);
            return double.IsPositiveInfinity(_max) || _tokens > _max / 2;
        }
    }
}
