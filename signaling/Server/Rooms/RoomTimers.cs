using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Sessions;
using Spaces.V1;
using Person = Spaces.Signaling.Domain.Person;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Ends speakers' turns and the wait for a host when their time is up.</summary>
/// <remarks>
/// What runs is in the room's state, so any node that has the room can do it; of several that do, the log lets one
/// through and the others find that nothing is left to end.
/// </remarks>
internal sealed class RoomTimers(RoomPeople people, TimeProvider time)
{
    /// <summary>Before a turn ends its speaker is told.</summary>
    public static readonly TimeSpan TurnEndingAhead = TimeSpan.FromSeconds(10);

    /// <summary>Whether anything runs in a room.</summary>
    public static bool HasAny(LiveRoom room) =>
        room.Current is { HostAbsence: not null } or { Policy.TurnSeconds: > 0 }
        || room.Current.Stage.Any(member => member.Turn is not null);

    /// <summary>Looks at one room; what could not be done now is done at the next look.</summary>
    public async Task LookAsync(LiveRoom room, CancellationToken cancellationToken)
    {
        var current = room.Current;
        foreach (var member in current.Stage.Where(member => member.Turn is not null))
        {
            await LookAsync(room, member, member.Turn!, cancellationToken);
        }

        if (current.HostAbsence is { } absence && room.Clock.LeftOf(absence) == TimeSpan.Zero)
        {
            var present = await HeirsPresentAsync(room, current, cancellationToken);
            var over = new RoomCommand.HostGraceOver(absence.Number, present, time.GetUtcNow());
            await RoomCommands.CarryOutAsync(room, over, cancellationToken);
        }
    }

    private async Task LookAsync(LiveRoom room, StageMember member, Turn turn, CancellationToken cancellationToken)
    {
        var left = room.Clock.LeftOf(turn);
        if (left == TimeSpan.Zero)
        {
            var over = new RoomCommand.TurnOver(member.Person.Id, turn.Number, time.GetUtcNow());
            await RoomCommands.CarryOutAsync(room, over, cancellationToken);
        }
        else if (left <= TurnEndingAhead && room.Clock.TryAnnounceEnd(turn))
        {
            await room.TellOneAsync(
                member.Person.Id,
                new OutboundMessage(
                    new ServerMessage { TurnEnding = new TurnEnding { EndsInMs = (uint)left.TotalMilliseconds } }
                ),
                cancellationToken
            );
        }
    }

    /// <summary>Heirs who are in the audience, on any node; whoever is on stage the room knows.</summary>
    private async Task<ValueList<Person>> HeirsPresentAsync(
        LiveRoom room,
        Domain.Room current,
        CancellationToken cancellationToken
    )
    {
        var present = new List<Person>();
        foreach (var heir in current.CoHosts.Concat(current.Heirs).Where(heir => current.Stage.Find(heir) is null))
        {
            if (await people.FindConnectedAsync(room, heir, cancellationToken) is { } person)
            {
                present.Add(person);
            }
        }

        return [.. present];
    }
}
