using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Spaces.Signaling.Domain;

/// <summary>How somebody stands in a room when they ask for something.</summary>
public enum Standing
{
    Listener,
    Speaker,
    Host,

    /// <summary>Not necessarily in the room: holds a token with the grant <c>admin</c>.</summary>
    Administrator,
}

/// <summary>What can be asked of a live room.</summary>
public enum Right
{
    MuteSelf,
    RaiseHand,
    ChangeRole,
    ChangeTitle,
    EndRoom,
}

/// <summary>The permission table: who may do what. Every command asks it; there is no other place.</summary>
public static class Permissions
{
    /// <summary>Every right, who has it, and what the others are told.</summary>
    public static FrozenDictionary<Right, PermissionRow> Table { get; } =
        new Dictionary<Right, PermissionRow>
        {
            [Right.MuteSelf] = new(
                [Standing.Listener, Standing.Speaker, Standing.Host],
                "Only people in the room can mute themselves. Join it first."
            ),
            [Right.RaiseHand] = new([Standing.Listener], "You may already speak; raising a hand is for listeners."),
            [Right.ChangeRole] = new([Standing.Host], "Only the host decides who may speak."),
            [Right.ChangeTitle] = new(
                [Standing.Host, Standing.Administrator],
                "Only the host or an administrator changes the title."
            ),
            [Right.EndRoom] = new(
                [Standing.Host, Standing.Administrator],
                "Only the host or an administrator ends the room."
            ),
        }.ToFrozenDictionary();

    /// <returns>Null when allowed.</returns>
    public static RoomRefusal? Refusal(Right right, Standing standing)
    {
        var row = Table[right];
        return row.Allowed.Contains(standing)
            ? null
            : new RoomRefusal(RefusalCode.PermissionDenied, row.RefusalMessage);
    }
}

/// <summary>One row of <see cref="Permissions.Table"/>.</summary>
public sealed record PermissionRow(ImmutableArray<Standing> Allowed, string RefusalMessage);
