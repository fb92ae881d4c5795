using Spaces.Signaling.Domain;
using Spaces.V1;
using RoomEvent = Spaces.Signaling.Domain.RoomEvent;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Why somebody is put out of a room, in the words of their goodbye.</summary>
internal sealed record Removal(GoodbyeReason Reason, string Message)
{
    public static Removal Banned { get; } =
        new(GoodbyeReason.Banned, "You have been banned from this room. Ask its host if you think this is a mistake.");

    private static Removal Suspended { get; } =
        new(GoodbyeReason.Suspended, "You may not be in this room any more, by a decision of the operator.");

    public static Removal Of(RoomEvent.Removed removed) =>
        IsSystem(removed.By)
            ? Suspended
            : new Removal(
                GoodbyeReason.Removed,
                "A host put you out of this room. Unless they closed it to you, you may come back to listen."
            );

    public static Removal Of(RoomEvent.Banned banned) => IsSystem(banned.By) ? Suspended : Banned;

    private static bool IsSystem(Identity by) => by == Actor.System.Identity;
}
