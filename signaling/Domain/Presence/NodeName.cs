namespace Spaces.Signaling.Domain.Presence;

/// <summary>Names one signaling process; another one after every start, so that none is taken for a dead one.</summary>
public readonly record struct NodeName(string Value)
{
    public override string ToString() => Value;
}
