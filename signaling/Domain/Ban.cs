namespace Spaces.Signaling.Domain;

/// <summary>An account that may not enter, for the life of the room.</summary>
/// <param name="Name">As it was shown when the account was banned; empty if it cannot be shown.</param>
/// <param name="By">Who banned it; empty for the system.</param>
/// <param name="At">When.</param>
public sealed record Ban(string Name, Identity By, DateTimeOffset At);
