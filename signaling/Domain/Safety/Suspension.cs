namespace Spaces.Signaling.Domain.Safety;

/// <summary>An account that may not be in any room.</summary>
/// <param name="Reason">Shown to the account.</param>
/// <param name="By">The moderator's identity.</param>
/// <param name="At">When it began, by the clock of the node that was asked.</param>
/// <param name="Until">When it was to end; null: not before it is lifted. The store decides when that is.</param>
public sealed record Suspension(string Reason, string By, DateTimeOffset At, DateTimeOffset? Until);
