using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Sessions;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Lets people out: for good, for a lost connection, or because the room ends.</summary>
internal sealed class Departure(RoomDirectory rooms, ParticipantMedia media, ILogger<Departure> logger)
{
    /// <summary>Somebody goes for good, their media with them.</summary>
    public async Task LeaveAsync(LiveRoom room, Participant participant)
    {
        using (await room.EnterAsync(CancellationToken.None))
        {
            if (!room.People.Remove(participant))
            {
                return;
            }

            room.AttendanceChanged();
            await room.CommitAsync(new RoomCommand.Leave(participant.Id, rooms.Now()), CancellationToken.None);
        }

        SignalingLog.Left(logger, room.Id, participant.Id);
        await media.CloseAsync(participant);
    }

    /// <summary>A connection broke; its participant may resume. Media goes on.</summary>
    public async Task ConnectionLostAsync(LiveRoom room, Participant participant, ClientSession connection)
    {
        using (await room.EnterAsync(CancellationToken.None))
        {
            if (participant.Connection != connection)
            {
                return; // Somebody took over.
            }

            participant.Connection = null;
            participant.LostAt = rooms.Now();
            await ShowLossAsync(room, participant);
        }
    }

    /// <summary>Puts somebody out, as the log says already. Gate held until the first wait.</summary>
    /// <returns>Null, when nothing of theirs is forwarded any more.</returns>
    public async Task<Refusal?> SendOutAsync(LiveRoom room, Participant participant, Removal removal)
    {
        if (!room.People.Remove(participant))
        {
            return null;
        }

        participant.Connection?.End(removal.Reason, GoodbyeAction.Stop, removal.Message);
        participant.Connection = null;
        room.AttendanceChanged();
        SignalingLog.SentOut(logger, room.Id, participant.Id, removal.Reason);
        await media.CloseAsync(participant);
        return null;
    }

    /// <summary>Tells the stage that somebody's connection is lost. Gate held.</summary>
    public async Task ShowLossAsync(LiveRoom room, Participant participant)
    {
        participant.LossShown = true;
        await room.CommitAsync(new RoomCommand.LoseConnection(participant.Id, rooms.Now()), CancellationToken.None);
    }

    /// <summary>The same account came in by another connection.</summary>
    public static void EndConnection(Participant participant) =>
        participant.Connection?.End(
            GoodbyeReason.Replaced,
            GoodbyeAction.Stop,
            "The same account joined from elsewhere."
        );

    /// <summary>Ends a room; carried out when it returns null.</summary>
    /// <param name="room">The room.</param>
    /// <param name="command">End or expire.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="answeredApart">Whoever asked: gets an answer first, and then the goodbye, from their
    /// session.</param>
    public static async Task<Refusal?> EndRoomAsync(
        LiveRoom room,
        RoomCommand command,
        CancellationToken cancellationToken,
        Participant? answeredApart = null
    )
    {
        using (await room.EnterAsync(cancellationToken))
        {
            room.AnsweredApart = answeredApart;
            if (await room.CommitAsync(command, cancellationToken) is { } refusal)
            {
                room.AnsweredApart = null;
                return refusal;
            }
        }

        await room.Closing;
        return null;
    }

    /// <summary>Whoever takes part by HTTP leaves when their media is gone: there is nobody to tell.</summary>
    public async Task MediaLostAsync(MediaSession session, Participant participant)
    {
        if (participant.Participation.Kind != ParticipationKind.Live)
        {
            await LeaveAsync(session.Room, participant);
        }
    }
}
