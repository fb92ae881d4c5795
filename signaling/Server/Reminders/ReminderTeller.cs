using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Notifications;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;
using Room = Spaces.Signaling.Domain.Room;
using RoomState = Spaces.Signaling.Domain.RoomState;

namespace Spaces.Signaling.Server.Reminders;

/// <summary>Tells accounts that are online on this node about the rooms they wanted to be reminded of.</summary>
/// <remarks>
/// Every node looks after those who are online there, so no two nodes have to agree on who tells. Who comes online is
/// told what is so now. The same thing has the same id, however often and from wherever it is told.
/// </remarks>
internal sealed class ReminderTeller : IDisposable
{
    /// <summary>How long before its start a room is announced.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);

    /// <summary>Accounts whose reminders are to be read; true: they have just come online.</summary>
    private readonly ConcurrentDictionary<Identity, bool> _stale = new();
    private readonly Dictionary<Identity, Known> _known = [];
    private readonly Dictionary<RoomId, WatchedRoom> _rooms = [];
    private readonly ReminderBook _book;
    private readonly RoomDirectory _directory;
    private readonly IRoomStore _store;
    private readonly AccountNotifications _notifications;
    private readonly TimeProvider _time;
    private readonly IDisposable _watch;

    public ReminderTeller(
        ReminderBook book,
        RoomDirectory directory,
        IRoomStore store,
        AccountNotifications notifications,
        TimeProvider time
    )
    {
        _book = book;
        _directory = directory;
        _store = store;
        _notifications = notifications;
        _time = time;
        notifications.Opened += watch => _stale[watch.Identity] = true;
        _watch = book.Watch(Changed);
    }

    /// <summary>Looks whom to tell what. One call at a time.</summary>
    /// <exception cref="RoomStoreUnavailableException">Nothing is lost: the next look finds it.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await ReloadAsync(cancellationToken);
        foreach (var (account, known) in _known)
        {
            foreach (var (id, reminder) in known.Reminders)
            {
                await LookAsync(account, known, id, reminder, cancellationToken);
            }
        }

        Forget();
    }

    public void Dispose()
    {
        _watch.Dispose();
        foreach (var room in _rooms.Values)
        {
            room.Dispose();
        }
    }

    private void Changed(Identity? account)
    {
        if (account is { } one)
        {
            MarkStale(one);
            return;
        }

        foreach (var online in _notifications.Online)
        {
            MarkStale(online);
        }
    }

    private void MarkStale(Identity account)
    {
        if (_notifications.IsOnlineHere(account))
        {
            _stale.TryAdd(account, false);
        }
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        foreach (var account in _stale.Keys)
        {
            _stale.TryRemove(account, out var isNew);
            try
            {
                var reminders = await _book.ListAsync(account, cancellationToken);
                var told = isNew ? null : _known.GetValueOrDefault(account)?.Told;
                _known[account] = new Known(reminders, told ?? []);
            }
            catch (RoomStoreUnavailableException)
            {
                _stale[account] = isNew;
                throw;
            }
        }
    }

    private async Task LookAsync(
        Identity account,
        Known known,
        RoomId id,
        Reminder reminder,
        CancellationToken cancellationToken
    )
    {
        var room = await CurrentAsync(id, cancellationToken);
        if (room is null or { State: RoomState.Ended })
        {
            if (room is { StartedAt: null })
            {
                await TellAsync(account, known, room, ReminderKind.Cancelled, cancellationToken);
            }

            await _book.ClearAsync(account, id, cancellationToken);
        }
        else if (room.State == RoomState.Live)
        {
            await TellAsync(account, known, room, ReminderKind.Started, cancellationToken);
        }
        else if (room.StartsAt is { } startsAt)
        {
            if (startsAt != reminder.StartsAt)
            {
                await TellAsync(account, known, room, ReminderKind.Moved, cancellationToken);
                await _book.SaveAsync(account, id, startsAt, cancellationToken);
            }

            if (startsAt - _time.GetUtcNow() <= Ahead)
            {
                await TellAsync(account, known, room, ReminderKind.StartingSoon, cancellationToken);
            }
        }
    }

    private async Task TellAsync(
        Identity account,
        Known known,
        Room room,
        ReminderKind kind,
        CancellationToken cancellationToken
    )
    {
        var start = room.StartsAt?.ToUnixTimeSeconds() ?? 0;
        var id = string.Create(CultureInfo.InvariantCulture, $"reminder.{room.Id.Value}.{kind}.{start}");
        if (!known.Told.Add(id))
        {
            return;
        }

        var described = (await _directory.DescribeAsync(room.Id.Value, cancellationToken)).Value;
        if (described is null)
        {
            known.Told.Remove(id); // The store is away.
            return;
        }

        described.ReminderSet = kind != ReminderKind.Cancelled;
        _notifications.TellHere(
            account,
            new Notification
            {
                Id = id,
                Reminder = new RoomReminder { Room = described, Kind = kind },
            }
        );
    }

    /// <summary>Read anew only when the store hints that it changed.</summary>
    private async Task<Room?> CurrentAsync(RoomId id, CancellationToken cancellationToken)
    {
        if (!_rooms.TryGetValue(id, out var watched))
        {
            _rooms[id] = watched = new WatchedRoom(_store, id);
        }

        return await watched.CurrentAsync(_store, cancellationToken);
    }

    private void Forget()
    {
        foreach (var account in _known.Keys.Where(account => !_notifications.IsOnlineHere(account)).ToArray())
        {
            _known.Remove(account);
        }

        var wanted = _known.Values.SelectMany(known => known.Reminders.Keys).ToHashSet();
        foreach (var (id, room) in _rooms.Where(entry => !wanted.Contains(entry.Key)).ToArray())
        {
            room.Dispose();
            _rooms.Remove(id);
        }
    }

    /// <summary>An account that is online here, and what it was told since it came.</summary>
    private sealed record Known(ImmutableDictionary<RoomId, Reminder> Reminders, HashSet<string> Told);

    private sealed class WatchedRoom : IDisposable
    {
        private readonly RoomId _id;
        private readonly IDisposable _watch;
        private volatile bool _isStale = true;
        private Room? _room;

        public WatchedRoom(IRoomStore store, RoomId id)
        {
            _id = id;
            _watch = store.Watch(id, () => _isStale = true);
        }

        public async Task<Room?> CurrentAsync(IRoomStore store, CancellationToken cancellationToken)
        {
            if (_isStale)
            {
                _isStale = false;
                try
                {
                    _room = await store.LoadAsync(_id, cancellationToken);
                }
                catch (RoomStoreUnavailableException)
                {
                    _isStale = true;
                    throw;
                }
            }

            return _room;
        }

        public void Dispose() => _watch.Dispose();
    }
}
