using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Access;

/// <summary>Reads the claims of a token whose signature is genuine.</summary>
internal static class ClaimsReader
{
    /// <summary>The year 9999 in seconds; above it a time makes no sense.</summary>
    private const double SecondsMax = 253_402_300_799;

    /// <returns>Null when the token is current.</returns>
    public static string? TimeProblem(JsonElement claims, DateTimeOffset now, TimeSpan leeway)
    {
        if (!TryTime(claims, "exp", out var expires))
        {
            return "The access token lacks the claim exp: the time it expires, in seconds since 1970.";
        }

        if (now > expires + leeway)
        {
            return "The access token has expired. Ask for a new one.";
        }

        if (!claims.TryGetProperty("nbf", out _))
        {
            return null;
        }

        if (!TryTime(claims, "nbf", out var notBefore))
        {
            return "The claim nbf of the access token is not a time in seconds since 1970.";
        }

        return now < notBefore - leeway ? "The access token is not valid yet." : null;
    }

    public static bool TryRead(
        JsonElement claims,
        string keyId,
        [NotNullWhen(true)] out AccessToken? token,
        [NotNullWhen(false)] out string? problem
    )
    {
        token = null;
        if (!TryText(claims, "sub", out var identity))
        {
            problem = "The access token lacks the claim sub: the identity of the account.";
            return false;
        }

        var name = TryText(claims, "name", out var given) ? given : Shortened(identity);
        problem =
            RoomText.Problem("The claim sub", identity, Identity.LengthMax)
            ?? RoomText.Problem("The claim name", name, RoomText.NameLengthMax);
        if (problem is not null)
        {
            return false;
        }

        if (!TryReadGrants(claims, out var grants))
        {
            problem = "The claim spaces of the access token is not an object of grants with a room.";
            return false;
        }

        if (!AccountClaims.TryRead(claims, new Identity(identity), out var facts, out problem))
        {
            return false;
        }

        var isAnonymous = IsTrue(claims, "anonymous");
        if (isAnonymous)
        {
            grants = grants with { Create = false, Speak = false, Admin = false };
        }

        token = new AccessToken(new Identity(identity), name, keyId, grants)
        {
            Facts = facts,
            IsAnonymous = isAnonymous,
        };
        return true;
    }

    /// <summary>Reads the object <c>spaces</c> of <paramref name="claims"/>; absent grants are false.</summary>
    public static bool TryReadGrants(JsonElement claims, [NotNullWhen(true)] out Grants? grants)
    {
        grants = null;
        if (!claims.TryGetProperty("spaces", out var spaces) || spaces.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        return TryReadGrants(spaces, roomOtherwise: "", out grants);
    }

    /// <param name="spaces">An object.</param>
    /// <param name="roomOtherwise">Where it names no room; the empty one covers none.</param>
    /// <param name="grants">What it allows.</param>
    public static bool TryReadGrants(JsonElement spaces, string roomOtherwise, [NotNullWhen(true)] out Grants? grants)
    {
        grants = null;
        var room = roomOtherwise;
        if (spaces.TryGetProperty("room", out _) && !TryText(spaces, "room", out room!))
        {
            return false;
        }

        grants = new Grants(
            room,
            Create: IsTrue(spaces, "create"),
            Join: IsTrue(spaces, "join"),
            Speak: IsTrue(spaces, "speak"),
            Listen: IsTrue(spaces, "listen"),
            Admin: IsTrue(spaces, "admin")
        )
        {
            Moderate = IsTrue(spaces, "moderate"),
        };
        return true;
    }

    public static bool TryText(JsonElement element, string name, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!element.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException) // An escaped lone surrogate, which is no text.
        {
            return false;
        }
    }

    private static string Shortened(string identity) =>
        identity.Length <= RoomText.NameLengthMax ? identity : identity[..RoomText.NameLengthMax];

    private static bool IsTrue(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static bool TryTime(JsonElement claims, string name, out DateTimeOffset time)
    {
        time = default;
        if (
            !claims.TryGetProperty(name, out var value)
            || value.ValueKind != JsonValueKind.Number
            || !value.TryGetDouble(out var seconds)
            || seconds is not (>= 0 and <= SecondsMax)
        )
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds));
        return true;
    }
}
