namespace Spaces.Signaling.Domain;

/// <summary>Names a room: opaque, unguessable, 1-64 characters of [A-Za-z0-9_-].</summary>
public readonly record struct RoomId(string Value)
{
    public const int LengthMax = 64;

    /// <returns>False when <paramref name="value"/> cannot be the id of any room.</returns>
    public static bool TryParse(string value, out RoomId id)
    {
        ArgumentNullException.ThrowIfNull(value);
        id = new RoomId(value);
        return value.Length is > 0 and <= LengthMax && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
    }

    public override string ToString() => Value;
}

/// <summary>Names a person in one room, stable while the person stays, drops out and resumes.</summary>
public readonly record struct ParticipantId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>The account behind a participant: the <c>sub</c> of the access token, 1-128 characters.</summary>
public readonly record struct Identity(string Value)
{
    public const int LengthMax = 128;

    /// <returns>Null when it can be an account's; else a sentence that names <paramref name="field"/>.</returns>
    public string? Problem(string field) =>
        Value is { Length: > 0 and <= LengthMax } ? null : $"{field} is no identity. Give 1-{LengthMax} characters.";

    public override string ToString() => Value;
}

/// <summary>The CSRC (RFC 3550 section 5.1) of everything a participant says; unique in the room, never 0.</summary>
public readonly record struct MediaId(uint Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
