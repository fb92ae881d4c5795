using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Tests.Peer;

/// <summary>What a link does to datagrams.</summary>
internal readonly record struct LinkConditions(double LossRate, TimeSpan DelayMin, TimeSpan DelayMax)
{
    public static readonly LinkConditions Good = new(0, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10));

    /// <summary>How many datagrams arrive twice.</summary>
    public double DuplicationRate { get; init; }

    public static LinkConditions Lossy(double lossRate) =>
        new(lossRate, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(30));
}

/// <summary>The one clock and the one network of a simulation: no sockets, no threads, no real time.</summary>
/// <remarks>All chance comes from <paramref name="seed"/>, so a seed replays a run exactly.</remarks>
internal sealed class SimulatedNetwork<TEnd>(int seed, LinkConditions conditions)
    where TEnd : notnull
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Delivery, (Instant At, long Order)> _inFlight = new();
    private long _sent;

    /// <summary>Change it in mid-run to make the link better, worse or dead.</summary>
    public LinkConditions Conditions { get; set; } = conditions;

    public Instant Now { get; private set; }

    public Instant? NextDelivery => _inFlight.TryPeek(out _, out var due) ? due.At : null;

    public void AdvanceTo(Instant now) => Now = now > Now ? now : Now;

    /// <param name="to">Who is to get it.</param>
    /// <param name="path">Where it comes from.</param>
    /// <param name="payload">Is copied.</param>
    /// <param name="link">Another link than everybody's, or null.</param>
    public void Send(TEnd to, NetworkPath path, ReadOnlyMemory<byte> payload, LinkConditions? link = null)
    {
        var conditions = link ?? Conditions;
        if (_random.NextDouble() < conditions.LossRate)
        {
            return;
        }

        Enqueue(to, path, payload, conditions);
        if (conditions.DuplicationRate > 0 && _random.NextDouble() < conditions.DuplicationRate)
        {
            Enqueue(to, path, payload, conditions);
        }
    }

    public bool TryDeliver(out Delivery delivery)
    {
        if (_inFlight.TryPeek(out delivery, out var due) && due.At <= Now)
        {
            _inFlight.Dequeue();
            return true;
        }

        return false;
    }

    private void Enqueue(TEnd to, NetworkPath path, ReadOnlyMemory<byte> payload, LinkConditions conditions)
    {
        var delay = conditions.DelayMin + (_random.NextDouble() * (conditions.DelayMax - conditions.DelayMin));
        _inFlight.Enqueue(new Delivery(to, path, payload.ToArray()), (Now + delay, _sent++)); // Ties: as sent.
    }

    internal readonly record struct Delivery(TEnd To, NetworkPath Path, byte[] Payload);
}
