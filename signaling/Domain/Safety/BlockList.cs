using System.Collections.Immutable;

namespace Spaces.Signaling.Domain.Safety;

/// <summary>Whom one account has blocked, and when.</summary>
public sealed record BlockList(ImmutableSortedDictionary<string, DateTimeOffset> Blocked)
{
    public const int CountMax = 5_000;

    public static BlockList Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal));

    /// <summary>What a blocked account is told at the blocker's door: not that it is blocked.</summary>
    public static RoomRefusal Refusal { get; } =
        new(RefusalCode.PermissionDenied, "You cannot join this room. Its host decides who may.");

    public bool Contains(Identity identity) => Blocked.ContainsKey(identity.Value);

    /// <returns>The same list when nothing changes.</returns>
    public BlockList With(Identity identity, DateTimeOffset at) =>
        Contains(identity) ? this : new BlockList(Blocked.SetItem(identity.Value, at));

    /// <returns>The same list when nothing changes.</returns>
    public BlockList Without(Identity identity) =>
        Contains(identity) ? new BlockList(Blocked.Remove(identity.Value)) : this;
}
