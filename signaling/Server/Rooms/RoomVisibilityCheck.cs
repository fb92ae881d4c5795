using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Access;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Who may know of a room. To everybody else it does not exist.</summary>
internal sealed class RoomVisibilityCheck(IAccounts accounts)
{
    /// <param name="room">In any state.</param>
    /// <param name="token">Null: somebody without one, who has the link.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<Refusal?> RefusalAsync(Room room, AccessToken? token, CancellationToken cancellationToken)
    {
        if (room.Policy.Visibility != RoomVisibility.Followers || (token is not null && BelongsTo(room, token)))
        {
            return null;
        }

        if (token is null)
        {
            return Refusal.NoSuchRoom;
        }

        try
        {
            return await accounts.FollowsAsync(token.Identity, room.Host, cancellationToken)
                ? null
                : Refusal.NoSuchRoom;
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    /// <summary>Knows of the room whatever its visibility.</summary>
    public static bool BelongsTo(Room room, AccessToken token) =>
        token.Identity == room.Host
        || room.CoHosts.Contains(token.Identity)
        || room.Stage.Find(token.Identity) is not null
        || token.ActorIn(room.Id).IsAdministrator;
}
