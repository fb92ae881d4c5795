namespace Spaces.Signaling.Domain;

/// <summary>Who asks: an account, and whether its token makes it an administrator of this room.</summary>
/// <param name="Identity">The account; empty for the system.</param>
/// <param name="IsAdministrator">Holds a token with the grant <c>admin</c>.</param>
/// <param name="IsSystem">Not a person: suspension, takedown, time.</param>
public readonly record struct Actor(Identity Identity, bool IsAdministrator = false, bool IsSystem = false)
{
    public static Actor System { get; } = new(new Identity(""), IsSystem: true);
}
