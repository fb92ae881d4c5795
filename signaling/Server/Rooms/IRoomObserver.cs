using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>What has to be done here because of what happened in a room, on whichever node it was decided.</summary>
/// <remarks>Called with the room's gate held, in the order of the log, and must not wait for anything.</remarks>
internal interface IRoomObserver
{
    /// <summary>An event is carried out and everybody here was told.</summary>
    void Followed(LiveRoom room, Room before, NumberedEvent happened);

    /// <summary>Events since <paramref name="before"/> are no longer kept; the state is what counts.</summary>
    void Jumped(LiveRoom room, Room before);
}
