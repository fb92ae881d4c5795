using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Sessions;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Lets people back in whose connection was lost, whichever node they were on.</summary>
internal sealed class Resumption(
    RoomDirectory rooms,
    SfuCluster cluster,
    Relocation relocation,
    ClusterNode self,
    EntryCheck check,
    SignalingOptions options,
    ILogger<Resumption> logger
)
{
    /// <summary>Takes up a stay whose connection was lost.</summary>
    public async Task<Outcome<Admitted>> ResumeAsync(
        Participation stay,
        ClientSession connection,
        Func<Admitted, Task> welcome,
        CancellationToken cancellationToken
    )
    {
        await cluster.FirstAttempt.WaitAsync(cancellationToken); // Before it, we do not know whose media goes on.
        if ((await rooms.FindOpenAsync(stay.Room, cancellationToken)).IsRefused(out var refusal, out var room))
        {
            return refusal.Code == StatusCode.FailedPrecondition ? Over : refusal;
        }

        if ((await check.ResumeAsync(room, stay, cancellationToken)).IsRefused(out refusal, out var terms))
        {
            return refusal;
        }

        if (!await IsHereAsync(room, stay, cancellationToken))
        {
            if (await relocation.BringHereAsync(room, stay, cancellationToken) is null)
            {
                return Over;
            }
        }

        using (await room.EnterAsync(cancellationToken))
        {
            if (FindStay(room, stay) is not { } participant)
            {
                return Over;
            }

            var person = participant.Person;
            var enter = terms.Command(person, stay, rooms.Now());
            if (await room.CommitAsync(enter, cancellationToken) is { } refused)
            {
                return refused;
            }

            participant.Connection?.End(
                V1.GoodbyeReason.Replaced,
                V1.GoodbyeAction.Stop,
                "The connection was taken up elsewhere."
            );
            Attach(participant, connection);
            room.AttendanceChanged();
            var admitted = new Admitted(room, participant, null);
            await welcome(admitted);
            SignalingLog.Resumed(logger, room.Id, participant.Id);
            return admitted;
        }
    }

    private static Refusal Over { get; } =
        new(StatusCode.NotFound, "The participation is over. Join again with an access token.");

    private static void Attach(Participant participant, ClientSession connection)
    {
        participant.Connection = connection;
        participant.LostAt = null;
        participant.LossShown = false;
    }

    /// <summary>Whether this node looks after them, or may take their word for it: nobody else can know more.</summary>
    private async Task<bool> IsHereAsync(LiveRoom room, Participation stay, CancellationToken cancellationToken)
    {
        using (await room.EnterAsync(cancellationToken))
        {
            return !self.IsShared || room.People.Find(stay.ParticipantId) is not null;
        }
    }

    /// <summary>
    /// Whose stay a genuine resume token means; null when that is over, or another connection took it over.
    /// </summary>
    private Participant? FindStay(LiveRoom room, Participation stay)
    {
        if (room.IsOver)
        {
            return null;
        }

        var participant = room.People.Find(stay.ParticipantId);
        if (participant is null)
        {
            // Nobody of that name: fine for a while after this process took the room up, for who had no media session.
            var mayReturn = !self.IsShared && rooms.Now() - room.TakenUpAt < options.ResumeGrace;
            return mayReturn && room.People.Find(new Identity(stay.Identity)) is null ? room.People.Add(stay) : null;
        }

        if (participant.Participation.Stay.Length == 0)
        {
            room.People.Replace(participant, stay); // Known only from the stored stage until now.
        }

        return participant.Participation.Stay == stay.Stay ? participant : null;
    }
}
