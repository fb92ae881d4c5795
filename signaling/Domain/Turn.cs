namespace Spaces.Signaling.Domain;

/// <summary>A speaker's time. Whoever commits the event that began it keeps the timer.</summary>
/// <param name="Number">The number of that event, so that a late timer never ends a later turn.</param>
/// <param name="Seconds">How long it lasts.</param>
public sealed record Turn(long Number, int Seconds);
