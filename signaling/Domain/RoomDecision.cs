using System.Collections.Immutable;

namespace Spaces.Signaling.Domain;

/// <summary>Either the events that a command leads to (none: nothing changes), or why it was refused.</summary>
public readonly record struct RoomDecision(ImmutableArray<RoomEvent> Events, RoomRefusal? Refusal)
{
    public static RoomDecision Nothing => new([], null);

    public static RoomDecision Accept(RoomEvent roomEvent) => new([roomEvent], null);

    public static RoomDecision Refuse(RefusalCode code, string message) => new([], new RoomRefusal(code, message));

    public static RoomDecision Refuse(RoomRefusal refusal) => new([], refusal);
}
