namespace Spaces.Signaling.Domain;

/// <summary>The host is gone. Whoever commits the event that says so keeps the timer.</summary>
/// <param name="Number">The number of that event, so that a late timer never ends a later grace.</param>
/// <param name="GraceSeconds">How long the room waits.</param>
public sealed record HostAbsence(long Number, int GraceSeconds);
