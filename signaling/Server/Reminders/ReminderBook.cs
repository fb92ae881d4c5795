using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Reminders;

/// <summary>That an account wants to be told about a scheduled room.</summary>
/// <param name="StartsAt">When it was to start, as the account last knew.</param>
internal sealed record Reminder(DateTimeOffset StartsAt);

/// <summary>Who wants to be reminded of which scheduled rooms.</summary>
/// <remarks>Every method may throw <see cref="RoomStoreUnavailableException"/>: the store did not answer.</remarks>
internal sealed class ReminderBook(IRecordStore store, TimeProvider time)
{
    public const int PerAccountMax = 200;

    /// <summary>Kept for so long after the start, so that who was away can be told that it was moved.</summary>
    private static readonly TimeSpan KeptAfterStart = TimeSpan.FromDays(7);

    private readonly Records<Reminder> _records = new(
        store,
        "reminder",
        new RecordJson<Reminder>(ReminderJson.Default.Reminder, schema: 1)
    );

    /// <returns>Null when it is set; setting it again changes nothing.</returns>
    public async Task<Refusal?> SetAsync(Identity account, Room room, CancellationToken cancellationToken)
    {
        if (room is not { State: RoomState.Scheduled, StartsAt: { } startsAt })
        {
            return new Refusal(
                StatusCode.FailedPrecondition,
                "There is nothing to be reminded of: the room is not scheduled, or not any more."
            );
        }

        var known = await _records.ListAsync(account.Value, afterId: null, PerAccountMax, cancellationToken);
        if (known.Length >= PerAccountMax && known.All(record => record.Key.Id != room.Id.Value))
        {
            return new Refusal(
                StatusCode.ResourceExhausted,
                $"You have {PerAccountMax} reminders. Take one back before you set another."
            );
        }

        await SaveAsync(account, room.Id, startsAt, cancellationToken);
        return null;
    }

    /// <summary>The account knows of another start now.</summary>
    public async Task SaveAsync(
        Identity account,
        RoomId room,
        DateTimeOffset startsAt,
        CancellationToken cancellationToken
    )
    {
        var lifetime = TimeSpan.FromTicks(Math.Max(0, (startsAt - time.GetUtcNow()).Ticks)) + KeptAfterStart;
        await _records.UpdateAsync(
            account.Value,
            room.Value,
            known => known?.StartsAt == startsAt ? known : new Reminder(startsAt),
            lifetime,
            cancellationToken
        );
    }

    public async Task ClearAsync(Identity account, RoomId room, CancellationToken cancellationToken)
    {
        while (await _records.FindAsync(account.Value, room.Value, cancellationToken) is { } found)
        {
            if (await _records.TryDeleteAsync(account.Value, room.Value, found.Version, cancellationToken))
            {
                return;
            }
        }
    }

    public async Task<bool> HasAsync(Identity account, RoomId room, CancellationToken cancellationToken) =>
        await _records.FindAsync(account.Value, room.Value, cancellationToken) is not null;

    /// <summary>All of an account, with what it last knew of each.</summary>
    public async Task<ImmutableDictionary<RoomId, Reminder>> ListAsync(
        Identity account,
        CancellationToken cancellationToken
    )
    {
        var records = await _records.ListAsync(account.Value, afterId: null, PerAccountMax, cancellationToken);
        return records.ToImmutableDictionary(record => new RoomId(record.Key.Id), record => record.Value);
    }

    /// <summary>Calls soon after the reminders of an account have changed on any node; null: of any account.</summary>
    public IDisposable Watch(Action<Identity?> changed) =>
        _records.Watch(key => changed(key is { } record ? new Identity(record.Partition) : null));
}

[JsonSerializable(typeof(Reminder))]
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
internal sealed partial class ReminderJson : JsonSerializerContext;
