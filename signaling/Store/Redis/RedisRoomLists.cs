using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using StackExchange.Redis;

namespace Spaces.Signaling.Store.Redis;

/// <summary>The lists of live, scheduled and ended rooms.</summary>
/// <remarks>
/// They lie in another slot than the rooms, so no script changes both. A room is entered before the append that makes
/// it belong there (and after, should a reader have doubted the entry in between) and struck out after the append that
/// ends it: a list may name too many rooms, never too few. Readers leave out what does not belong.
/// </remarks>
internal sealed class RedisRoomLists(RedisConnection redis, RedisKeys keys)
{
    private const int PageMin = 50;

    /// <summary>Enters the room where it is about to belong.</summary>
    public async Task BeforeAppendAsync(Room before, Room after, CancellationToken cancellationToken)
    {
        if (EntriesOf(before) != EntriesOf(after))
        {
            await EnterAsync(EntriesOf(after), cancellationToken);
        }
    }

    /// <summary>Strikes the room out where it no longer belongs. Never fails: readers would notice.</summary>
    public async Task AfterAppendAsync(Room before, Room after, CancellationToken cancellationToken)
    {
        var (old, current) = (EntriesOf(before), EntriesOf(after));
        if (old == current)
        {
            return;
        }

        try
        {
            await EnterAsync(current, cancellationToken);
            RedisValue[] over =
            [
                old.Live == current.Live ? "" : old.Live,
                old.Scheduled == current.Scheduled ? "" : old.Scheduled,
            ];
            if (over.Any(entry => entry != ""))
            {
                await redis.EvaluateAsync(RoomScripts.Strike, [keys.Live, keys.Scheduled], over, cancellationToken);
            }
        }
        catch (RoomStoreUnavailableException)
        {
            // The entry before the append stands.
        }
    }

    /// <summary>A page of rooms that belong to a list.</summary>
    /// <param name="list">Its key.</param>
    /// <param name="after">The entry before the page; empty for the first.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="load">Loads a room.</param>
    /// <param name="entryOf">The entry that a room has in this list; null: none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<ImmutableArray<Room>> PageAsync(
        RedisKey list,
        string after,
        int count,
        Func<RoomId, CancellationToken, ValueTask<Room?>> load,
        Func<Room, string?> entryOf,
        CancellationToken cancellationToken
    )
    {
        var page = ImmutableArray.CreateBuilder<Room>();
        while (page.Count < count)
        {
            var wanted = Math.Max(PageMin, count - page.Count);
            var entries = await redis.EvaluateAsync(RoomScripts.Page, [list], [after, wanted], cancellationToken);
            string[] names = [.. entries.Items.Select(entry => entry.Text)];
            var rooms = await Task.WhenAll(
                names.Select(name => load(RedisKeys.RoomOf(name), cancellationToken).AsTask())
            );
            var belongs = rooms.Zip(names, (room, name) => room is not null && entryOf(room) == name).ToArray();
            page.AddRange(rooms.Where((_, i) => belongs[i]).Take(count - page.Count)!);
            RedisValue[] doubtful = [.. names.Where((_, i) => !belongs[i]).Select(name => (RedisValue)name)];
            if (doubtful.Length > 0)
            {
                await redis.EvaluateAsync(RoomScripts.DoubtEntries, [list, keys.Doubt], doubtful, cancellationToken);
            }

            if (names.Length < wanted)
            {
                break;
            }

            after = names[^1];
        }

        return page.ToImmutable();
    }

    /// <returns>Ended rooms that are too many: to be taken away, then forgotten here.</returns>
    public async Task<ImmutableArray<RoomId>> EndAsync(RoomId id, int keep, CancellationToken cancellationToken)
    {
        var over = await redis.EvaluateAsync(RoomScripts.End, [keys.Ended], [id.Value, keep], cancellationToken);
        return [.. over.Items.Select(old => new RoomId(old.Text))];
    }

    public Task ForgetAsync(RoomId id, CancellationToken cancellationToken) =>
        redis.EvaluateAsync(RoomScripts.Forget, [keys.Ended], [id.Value], cancellationToken);

    private static Entries EntriesOf(Room room) =>
        new(
            room.State == RoomState.Live ? RedisKeys.LiveEntry(room) : "",
            room.State == RoomState.Scheduled ? RedisKeys.ScheduledEntry(SchedulePosition.Of(room)) : ""
        );

    private Task EnterAsync(Entries entries, CancellationToken cancellationToken) =>
        entries == default(Entries) || entries is { Live: "", Scheduled: "" }
            ? Task.CompletedTask
            : redis.EvaluateAsync(
                RoomScripts.Enter,
                [keys.Live, keys.Scheduled, keys.Doubt],
                [entries.Live, entries.Scheduled],
                cancellationToken
            );

    private readonly record struct Entries(string Live, string Scheduled);
}
