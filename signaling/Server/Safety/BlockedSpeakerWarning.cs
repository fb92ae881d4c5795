using System.Runtime.CompilerServices;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Sessions;
using Participant = Spaces.Signaling.Server.Rooms.Participant;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Tells people, and nobody else, when somebody whom they have blocked may speak where they are.</summary>
internal sealed class BlockedSpeakerWarning(
    RoomDirectory rooms,
    BlockBook blocks,
    TimeProvider time,
    ILogger<BlockedSpeakerWarning> logger
) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>Lists read from the store in one look at a room; the rest in the next one.</summary>
    private const int ReadsMax = 200;

    private readonly ConditionalWeakTable<ClientSession, HashSet<ParticipantId>> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var room in rooms.All.Where(room => !room.IsOver))
                {
                    await LookAsync(room, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task LookAsync(LiveRoom room, CancellationToken cancellationToken)
    {
        try
        {
            Participant[] people;
            using (await room.EnterAsync(cancellationToken))
            {
                people = [.. room.People.All.Where(participant => participant.Connection is not null)];
            }

            foreach (var stale in people.Where(each => blocks.IsStale(each.Identity)).Take(ReadsMax))
            {
                await blocks.GetAsync(stale.Identity, cancellationToken);
            }

            var heard = room.Current.Stage.Where(member => room.Current.MaySpeak(member.Person.Id)).ToArray();
            foreach (var participant in people)
            {
                Warn(participant, heard);
            }
        }
        catch (RoomStoreUnavailableException)
        {
            // Looked at again at the next tick.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            SignalingLog.BackgroundFailed(logger, error);
        }
    }

    private void Warn(Participant participant, StageMember[] heard)
    {
        if (
            participant.Connection is not { } connection
            || blocks.Peek(participant.Identity) is not { Blocked.IsEmpty: false } list
        )
        {
            return;
        }

        var told = _told.GetOrCreateValue(connection);
        var blocked = heard.Where(member => list.Contains(member.Person.Identity)).ToArray();
        foreach (var member in blocked.Where(member => !told.Contains(member.Person.Id)))
        {
            connection.Send(Warning(member.Person));
        }

        told.Clear(); // Whoever comes back to the stage later is told of again.
        told.UnionWith(blocked.Select(member => member.Person.Id));
    }

    private static OutboundMessage Warning(Person speaker) =>
        new(
            new V1.ServerMessage
            {
                Notice = new V1.Notice
                {
                    Kind = V1.NoticeKind.BlockedSpeaker,
                    Message = $"{speaker.Name}, whom you have blocked, may speak here.",
                    ParticipantId = speaker.Id.Value,
                },
            }
        );
}
