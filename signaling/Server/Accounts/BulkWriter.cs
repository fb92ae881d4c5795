using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Writes many records at once, as many side by side as a store takes well.</summary>
internal static class BulkWriter
{
    public const int CountMax = 1_000;

    private const int SideBySide = 32;

    /// <summary>What several changes of one account come to, field by field, the later one first.</summary>
    public static IEnumerable<AccountChange> Merge(IEnumerable<AccountChange> changes) =>
        changes
            .GroupBy(change => change.Identity)
            .Select(group => group.Aggregate((earlier, later) => Merge(earlier, later)));

    public static Task WriteAsync<T>(
        IEnumerable<T> items,
        Func<T, CancellationToken, ValueTask> write,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
            write
        );

    /// <returns>Null when the list has a size that is taken.</returns>
    public static string? Problem(string field, int count) =>
        count is 0 or > CountMax ? $"{field} has {count} entries. Give 1-{CountMax}." : null;

    private static AccountChange Merge(AccountChange earlier, AccountChange later) =>
        new(
            earlier.Identity,
            later.Name ?? earlier.Name,
            later.Avatar ?? earlier.Avatar,
            later.Followers ?? earlier.Followers,
            later.Country ?? earlier.Country,
            later.Platform ?? earlier.Platform
        );
}
