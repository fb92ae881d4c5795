using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Deletes records whoever wrote them last.</summary>
internal static class RecordDeletion
{
    /// <returns>False when there was none.</returns>
    public static async ValueTask<bool> DeleteAsync<T>(
        this Records<T> records,
        string partition,
        string id,
        CancellationToken cancellationToken
    )
        where T : class
    {
        while (await records.FindAsync(partition, id, cancellationToken) is { } found)
        {
            if (await records.TryDeleteAsync(partition, id, found.Version, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }
}
