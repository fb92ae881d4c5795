namespace Spaces.Signaling.Domain;

/// <summary>
/// The decision on whether an account may speak; it outlives the account's stay and beats its token.
/// </summary>
/// <param name="Identity">The account.</param>
/// <param name="Role">Speaker: given the word. Listener: it was taken.</param>
/// <param name="TurnOver">It was taken because the turn is over: the account may ask again like anybody.</param>
public sealed record RoleDecision(Identity Identity, Role Role, bool TurnOver = false);
