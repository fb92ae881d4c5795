using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Accounts;

namespace Spaces.Signaling.Server.Invitations;

/// <summary>An invitation and its name in the inbox.</summary>
internal sealed record WaitingInvitation(string Id, StoredInvitation Content);

/// <summary>Keeps invitations until they are answered or too old, few enough to be read all at once.</summary>
internal sealed class Inbox(IRecordStore store)
{
    public const int CountMax = 200;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly Records<StoredInvitation> _records = new(
        store,
        "invitation",
        new RecordJson<StoredInvitation>(InvitationJson.Default.StoredInvitation, schema: 1)
    );

    /// <summary>Puts an invitation in; the same account's to the same room takes the place of the one before.</summary>
    public async Task<WaitingInvitation> PutAsync(
        Identity to,
        StoredInvitation content,
        CancellationToken cancellationToken
    )
    {
        var id = IdOf(content);
        var waiting = await _records.ListAsync(to.Value, null, CountMax + 1, cancellationToken);
        var others = waiting.Where(record => record.Key.Id != id).OrderBy(record => record.Value.SentAt).ToArray();
        foreach (var oldest in others.Take(others.Length - (CountMax - 1)))
        {
            await _records.TryDeleteAsync(to.Value, oldest.Key.Id, oldest.Version, cancellationToken);
        }

        await _records.UpdateAsync(to.Value, id, _ => content, Lifetime, cancellationToken);
        return new WaitingInvitation(id, content);
    }

    /// <summary>Newest first.</summary>
    public async Task<ImmutableArray<WaitingInvitation>> ListAsync(Identity of, CancellationToken cancellationToken)
    {
        var waiting = await _records.ListAsync(of.Value, null, CountMax, cancellationToken);
        return
        [
            .. waiting
                .OrderByDescending(record => record.Value.SentAt)
                .Select(record => new WaitingInvitation(record.Key.Id, record.Value)),
        ];
    }

    public async Task<WaitingInvitation?> FindAsync(Identity of, string id, CancellationToken cancellationToken) =>
        RecordKey.IsName(id) && await _records.FindAsync(of.Value, id, cancellationToken) is { } found
            ? new WaitingInvitation(id, found.Value)
            : null;

    public async Task RemoveAsync(Identity of, string id, CancellationToken cancellationToken)
    {
        if (RecordKey.IsName(id))
        {
            await _records.DeleteAsync(of.Value, id, cancellationToken);
        }
    }

    private static string IdOf(StoredInvitation content) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{content.RoomId}\n{content.From}")).AsSpan(0, 16)
        );
}
