using System.Collections.Immutable;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Domain.Capabilities;

/// <summary>A step in opening a capability: everybody who meets all its conditions.</summary>
/// <param name="Name">Unique among the capability's stages; feedback and notices are tagged with it.</param>
/// <param name="Conditions">All must hold; none: everybody.</param>
/// <param name="Notice">Told to people when the capability opens to them; empty: they are told nothing.</param>
public sealed record RolloutStage(string Name, ImmutableArray<Condition> Conditions, string Notice = "")
{
    public const int NameLengthMax = 64;
    public const int NoticeLengthMax = 500;

    /// <summary>The conditions that an account does not meet.</summary>
    internal ImmutableArray<Condition> Unmet(Capability capability, AccountFacts facts, DateTimeOffset now) =>
        [.. Conditions.Where(condition => !condition.Admits(capability, facts, now))];

    public bool Equals(RolloutStage? other) =>
        other is not null && Name == other.Name && Notice == other.Notice && Conditions.SequenceEqual(other.Conditions);

    public override int GetHashCode() => HashCode.Combine(Name, Notice, Conditions.Length);
}
