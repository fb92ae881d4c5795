namespace Spaces.Sfu.Protocol.Ice;

/// <summary>What an ICE agent found out. Drained with <see cref="IIceAgent.TryDequeueEvent"/>.</summary>
public abstract record IceEvent
{
    private IceEvent() { }

    /// <summary>Data goes to this path from now on.</summary>
    public sealed record Selected(NetworkPath Path) : IceEvent;

    /// <summary>The peer's consent ran out (RFC 7675 §5.1). Only an ICE restart brings it back.</summary>
    public sealed record ConsentExpired : IceEvent;
}
