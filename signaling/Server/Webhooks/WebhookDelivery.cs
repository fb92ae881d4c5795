using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>How a try to deliver ended.</summary>
internal enum DeliveryOutcome
{
    /// <summary>Everything there is, is delivered; more may come.</summary>
    UpToDate,

    /// <summary>Everything is delivered and the room is over, or gone.</summary>
    Finished,

    /// <summary>The webhook did not take an event.</summary>
    Failed,

    /// <summary>Another node delivers.</summary>
    Elsewhere,
}

/// <summary>Delivers the log of one room to one webhook, from where it was left.</summary>
/// <remarks>
/// A lease, which the store ends by its own clock, keeps other nodes away. A node that slept through the end of its
/// lease can send an event a second time, never take the place in the log back: the cursor is written by version.
/// </remarks>
internal sealed class WebhookDelivery(
    IRecordStore store,
    IRoomStore rooms,
    WebhookSender sender,
    WebhookTimings timings,
    TimeProvider time
)
{
    private static readonly TimeSpan CursorLifetime = TimeSpan.FromDays(30);

    private readonly string _owner = RandomIds.Next();

    private readonly Records<StoredCursor> _cursors = new(
        store,
        "webhook-cursor",
        new RecordJson<StoredCursor>(WebhookJson.Default.StoredCursor, schema: 1)
    );

    private readonly Records<StoredLease> _leases = new(
        store,
        "webhook-lease",
        new RecordJson<StoredLease>(WebhookJson.Default.StoredLease, schema: 1)
    );

    /// <exception cref="RoomStoreUnavailableException">The next run goes on from where it was.</exception>
    public async Task<DeliveryOutcome> RunAsync(RoomId room, WebhookTarget target, CancellationToken cancellationToken)
    {
        var lease = new StoredLease(_owner);
        if (!await _leases.TrySaveAsync(room.Value, target.CursorId, 0, lease, timings.Lease, cancellationToken))
        {
            return DeliveryOutcome.Elsewhere;
        }

        try
        {
            return await DeliverAsync(room, target, cancellationToken);
        }
        finally
        {
            await ReleaseAsync(room, target);
        }
    }

    /// <summary>The next run begins with the event after a number.</summary>
    public async Task RewindAsync(RoomId room, string cursor, long delivered, CancellationToken cancellationToken) =>
        await _cursors.UpdateAsync(
            room.Value,
            cursor,
            _ => new StoredCursor(delivered),
            CursorLifetime,
            cancellationToken
        );

    private async Task<DeliveryOutcome> DeliverAsync(
        RoomId id,
        WebhookTarget target,
        CancellationToken cancellationToken
    )
    {
        var renewedAt = time.GetTimestamp();
        var cursor = await _cursors.FindAsync(id.Value, target.CursorId, cancellationToken);
        var (version, delivered) = (cursor?.Version ?? 0, cursor?.Value.Delivered ?? 0);
        while (true)
        {
            if (await rooms.LoadAsync(id, cancellationToken) is not { } room)
            {
                return DeliveryOutcome.Finished;
            }

            if (room.Version <= delivered)
            {
                return room.State == RoomState.Ended ? DeliveryOutcome.Finished : DeliveryOutcome.UpToDate;
            }

            foreach (var next in await ReadAsync(room, delivered, cancellationToken))
            {
                if (target.Wants(next.Name) && !await sender.TrySendAsync(target, next.Body(), cancellationToken))
                {
                    return DeliveryOutcome.Failed;
                }

                var mark = new StoredCursor(next.Number);
                if (
                    !await _cursors.TrySaveAsync(
                        id.Value,
                        target.CursorId,
                        version,
                        mark,
                        CursorLifetime,
                        cancellationToken
                    )
                )
                {
                    return DeliveryOutcome.Failed; // Another node went on, or it is to begin anew: look again.
                }

                (version, delivered) = (version + 1, next.Number);
                if (time.GetElapsedTime(renewedAt) > timings.Lease / 3)
                {
                    if (!await TryRenewAsync(id, target, cancellationToken))
                    {
                        return DeliveryOutcome.Elsewhere;
                    }

                    renewedAt = time.GetTimestamp();
                }
            }
        }
    }

    private async Task<IEnumerable<Outgoing>> ReadAsync(Room room, long after, CancellationToken cancellationToken)
    {
        var events = await rooms.ReadEventsAsync(room.Id, after, cancellationToken);
        return events is { } kept
            ? kept.Select(numbered => new Outgoing(
                numbered.Number,
                WebhookEvents.NameOf(numbered),
                () => WebhookEvents.Body(room, numbered)
            ))
            :
            [
                new Outgoing(
                    room.Version,
                    WebhookEvents.Lost,
                    () => WebhookEvents.LostBody(room, room.Version, time.GetUtcNow())
                ),
            ];
    }

    private async Task<bool> TryRenewAsync(RoomId room, WebhookTarget target, CancellationToken cancellationToken)
    {
        var held = await _leases.FindAsync(room.Value, target.CursorId, cancellationToken);
        return held is not null
            && held.Value.Owner == _owner
            && await _leases.TrySaveAsync(
                room.Value,
                target.CursorId,
                held.Version,
                held.Value,
                timings.Lease,
                cancellationToken
            );
    }

    private async Task ReleaseAsync(RoomId room, WebhookTarget target)
    {
        try
        {
            var held = await _leases.FindAsync(room.Value, target.CursorId, CancellationToken.None);
            if (held?.Value.Owner == _owner)
            {
                await _leases.TryDeleteAsync(room.Value, target.CursorId, held.Version, CancellationToken.None);
            }
        }
        catch (RoomStoreUnavailableException)
        {
            // The lease ends by itself.
        }
    }

    /// <param name="Number">In the log.</param>
    /// <param name="Name">What it is called.</param>
    /// <param name="Body">Made when it is sent.</param>
    private sealed record Outgoing(long Number, string Name, Func<byte[]> Body);
}
