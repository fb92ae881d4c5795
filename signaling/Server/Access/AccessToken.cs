using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Server.Access;

/// <summary>What a token allows. Whatever it does not say is not allowed.</summary>
/// <param name="Room">One room's id, or <see cref="AllRooms"/>.</param>
/// <param name="Create">May open rooms.</param>
/// <param name="Join">May enter rooms and read about them.</param>
/// <param name="Speak">Enters as a speaker: the issuer vouches for the bearer.</param>
/// <param name="Listen">May hear.</param>
/// <param name="Admin">May change and end any room that the token covers.</param>
internal sealed record Grants(string Room, bool Create, bool Join, bool Speak, bool Listen, bool Admin)
{
    public const string AllRooms = "*";

    /// <summary>What a development token allows unless it is asked for something else.</summary>
    public static Grants Development { get; } = new(AllRooms, true, true, false, true, false);

    /// <summary>May decide on reports and suspend accounts.</summary>
    public bool Moderate { get; init; }

    public bool Covers(RoomId room) => Room == AllRooms || Room == room.Value;
}

/// <summary>A token that proved genuine and current.</summary>
internal sealed record AccessToken(Identity Identity, string Name, string KeyId, Grants Grants)
{
    /// <summary>What the claim <c>account</c> says of the bearer; the operator's own records go before it.</summary>
    public AccountFacts Facts { get; init; } = new(Identity);

    /// <summary>The claim <c>anonymous</c>: somebody without an account, who may listen and no more.</summary>
    public bool IsAnonymous { get; init; }

    public Actor ActorIn(RoomId room) => new(Identity, Grants.Admin && Grants.Covers(room));
}
