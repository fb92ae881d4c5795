using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Reactions;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>What somebody in a room asks for themselves: their microphone, the word, a gesture, a post.</summary>
internal sealed class PersonalRequests(
    ParticipantMedia media,
    RoomReactions reactions,
    SpeakGate gate,
    IAccounts accounts,
    TimeProvider time
)
{
    public async Task<Refusal?> SetMutedAsync(Seat seat, SetMuted request, CancellationToken cancellationToken)
    {
        var participant = seat.Participant;
        using (await seat.Room.EnterAsync(cancellationToken))
        {
            var command = new RoomCommand.Mute(participant.Person, request.Muted, time.GetUtcNow());
            if (await seat.Room.CommitAsync(command, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            participant.Muted = request.Muted;
        }

        return await media.SettleOrGoOnAsync(seat.Room, participant);
    }

    public async Task<Refusal?> RaiseHandAsync(Seat seat, RaiseHand request, CancellationToken cancellationToken)
    {
        var followed = false;
        if (request.Raised)
        {
            if (await gate.RefusalAsync(FactsOf(seat), cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (seat.Room.Current.Policy.Speak == Domain.SpeakPolicy.FollowedByHost)
            {
                var asked = await IsFollowedByHostAsync(seat, cancellationToken);
                if (asked is null)
                {
                    return Refusal.StoreUnavailable;
                }

                followed = asked.Value;
            }
        }

        return await RoomCommands.CarryOutAsync(
            seat.Room,
            _ => new RoomCommand.RaiseHand(seat.Participant.Person, request.Raised, time.GetUtcNow())
            {
                FollowedByHost = followed,
            },
            cancellationToken
        );
    }

    public async Task<Refusal?> AnswerInvitationAsync(
        Seat seat,
        AnswerInvitation request,
        CancellationToken cancellationToken
    )
    {
        if (request.Accept && await gate.RefusalAsync(FactsOf(seat), cancellationToken) is { } refusal)
        {
            return refusal;
        }

        return await RoomCommands.CarryOutAsync(
            seat.Room,
            _ => new RoomCommand.AnswerInvitation(seat.Participant.Person, request.Accept, time.GetUtcNow()),
            cancellationToken
        );
    }

    public Task<Refusal?> SharePostAsync(Seat seat, SharePost request, CancellationToken cancellationToken) =>
        RoomCommands.CarryOutAsync(
            seat.Room,
            new RoomCommand.SharePost(
                new Actor(seat.Participant.Identity),
                request.Url,
                request.Author,
                request.Text,
                time.GetUtcNow()
            ),
            cancellationToken
        );

    public Refusal? React(Seat seat, React request) => reactions.Show(seat.Room, seat.Participant, request.Reaction);

    private static AccountFacts FactsOf(Seat seat) =>
        seat.Participant.Participation.Facts ?? new AccountFacts(seat.Participant.Identity);

    /// <returns>Null when it cannot be told now.</returns>
    private async Task<bool?> IsFollowedByHostAsync(Seat seat, CancellationToken cancellationToken)
    {
        try
        {
            return await accounts.FollowsAsync(seat.Room.Current.Host, seat.Participant.Identity, cancellationToken);
        }
        catch (RoomStoreUnavailableException)
        {
            return null;
        }
    }
}
