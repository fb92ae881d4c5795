using System.Collections.Immutable;
using System.Security.Cryptography;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Sessions;
using Spaces.V1;
using Room = Spaces.Signaling.Domain.Room;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// A live room in this process: its state, who of this node is in it, and the way from a command to everybody's event.
/// </summary>
/// <remarks>
/// Everything that changes it happens under its gate, one thing after the other, and nothing there waits for a client
/// or a media node; so events reach every connection in the order of their numbers. What other nodes commit is read
/// from the log: at once on the store's hint, and now and then without one.
/// </remarks>
internal sealed class LiveRoom(Room room, IRoomStore store, IRoomObserver observer, TimeProvider time)
{
    /// <summary>Commits by other nodes in between; more mean that something is badly wrong.</summary>
    private const int AttemptsMax = 40;

    /// <summary>From here on a node steps back for a moment: those that compete for a log get apart.</summary>
    private const int AttemptsAtOnce = 4;

    private readonly AsyncGate _gate = new();
    private uint _audienceTold;
    private int _hints;
    private List<Task<Refusal?>>? _collecting;

    public RoomId Id { get; } = room.Id;

    /// <summary>As of the last event; may be read without the gate.</summary>
    public Room Current { get; private set; } = room;

    public Attendance People { get; } = new();

    /// <summary>
    /// When this process took the room up; people with a resume token may come back for a while after.
    /// </summary>
    public DateTimeOffset TakenUpAt { get; } = time.GetUtcNow();

    /// <summary>Since when nobody is in the room, on any node; null while somebody is.</summary>
    public DateTimeOffset? EmptySince { get; private set; } = time.GetUtcNow();

    /// <summary>What this node last heard about the room's people on other nodes.</summary>
    public RoomShare Share { get; } = new();

    /// <summary>Where the room's media is; kept for as long as the node lives.</summary>
    public SfuNode? Node { get; set; }

    /// <summary>How long turns and the host's absence have lasted, as this node has seen them.</summary>
    public RoomClock Clock { get; } = new(time);

    /// <summary>Ends the room and gets an answer first, then the goodbye, from their session. Gate held.</summary>
    public Participant? AnsweredApart { get; set; }

    /// <summary>Ends when the media of a room that is over is closed.</summary>
    public Task Closing { get; set; } = Task.CompletedTask;

    public bool IsOver => Current.State == Domain.RoomState.Ended;

    public uint SpeakerCount => (uint)Current.Stage.Count(member => member.MaySpeak);

    /// <summary>On all nodes.</summary>
    public uint ListenerCount => (uint)(People.ListenerCount(Current) + Share.ListenersElsewhere);

    /// <summary>Enters the gate; disposing leaves it.</summary>
    public Task<AsyncGate.Hold> EnterAsync(CancellationToken cancellationToken) => _gate.EnterAsync(cancellationToken);

    /// <summary>Decides, commits and broadcasts one command.</summary>
    /// <returns>Null when it was carried out.</returns>
    public async Task<Refusal?> ExecuteAsync(RoomCommand command, CancellationToken cancellationToken)
    {
        using (await EnterAsync(cancellationToken))
        {
            return await CommitAsync(command, cancellationToken);
        }
    }

    /// <summary>As <see cref="ExecuteAsync"/>, with the gate held.</summary>
    public async Task<Refusal?> CommitAsync(RoomCommand command, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 0; attempt < AttemptsMax; attempt++)
            {
                var decision = Current.Decide(command);
                if (decision.Refusal is { } refusal)
                {
                    return Refusal.Of(refusal);
                }

                if (decision.Events.IsEmpty)
                {
                    return null;
                }

                if (await store.TryAppendAsync(Id, Current.Version, decision.Events, cancellationToken))
                {
                    Follow(decision.Events);
                    return null;
                }

                await CatchUpAsync(cancellationToken);
                if (attempt >= AttemptsAtOnce)
                {
                    var pause = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, 5));
                    await Task.Delay(pause, time, cancellationToken);
                }
            }

            return Refusal.StoreUnavailable;
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    /// <summary>
    /// Until it is disposed, keeps what comes into force because of what is committed. Gate held all the while.
    /// </summary>
    public EffectCollection CollectEffects()
    {
        var effects = _collecting = [];
        return new EffectCollection(effects, () => _collecting = null);
    }

    /// <summary>Something that comes into force because of an event, for whoever waits for it. Gate held.</summary>
    public void AddEffect(Func<Task<Refusal?>> effect)
    {
        var running = effect();
        _collecting?.Add(running);
    }

    /// <summary>As <see cref="AddEffect"/>, of another node: it comes about by itself, and may be waited for.</summary>
    public void AddEffectElsewhere(Func<Task<Refusal?>> effect) => _collecting?.Add(effect());

    /// <summary>The events after a number, or null where only a snapshot helps.</summary>
    public async Task<ImmutableArray<NumberedEvent>?> EventsAfterAsync(
        ulong number,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return number > long.MaxValue ? null : await store.ReadEventsAsync(Id, (long)number, cancellationToken);
        }
        catch (RoomStoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Notes that somebody came or went. Gate held.</summary>
    public void AttendanceChanged() =>
        EmptySince = People.Count + Share.PlacesElsewhere > 0 ? null : EmptySince ?? time.GetUtcNow();

    /// <summary>Tells everybody how many listen, if that has changed since it was last told.</summary>
    public async Task TellAudienceAsync(CancellationToken cancellationToken)
    {
        if (ListenerCount == _audienceTold)
        {
            return;
        }

        using (await EnterAsync(cancellationToken))
        {
            _audienceTold = ListenerCount;
            Broadcast(
                new OutboundMessage(new ServerMessage { Audience = new Audience { ListenerCount = _audienceTold } })
            );
        }
    }

    /// <summary>Tells everybody here something that is no event.</summary>
    public async Task TellAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        using (await EnterAsync(cancellationToken))
        {
            Broadcast(message);
        }
    }

    /// <summary>Tells one person, if they are connected here.</summary>
    public async Task TellOneAsync(ParticipantId id, OutboundMessage message, CancellationToken cancellationToken)
    {
        using (await EnterAsync(cancellationToken))
        {
            People.Find(id)?.Connection?.Send(message);
        }
    }

    public RoomSnapshot Snapshot()
    {
        var graceLeft = Current.HostAbsence is { } absence ? Clock.LeftOf(absence) : TimeSpan.Zero;
        var snapshot = RoomMessages.Snapshot(Current, SpeakerCount, ListenerCount, graceLeft);
        foreach (var (participant, member) in snapshot.Stage.Zip(Current.Stage))
        {
            participant.TurnMs = TurnLeftMs(member);
        }

        return snapshot;
    }

    public V1.Room Describe() => RoomMessages.Describe(Current, SpeakerCount, ListenerCount);

    /// <summary>One event as clients see it.</summary>
    public OutboundMessage Message(NumberedEvent numbered) =>
        new(new ServerMessage { Event = WithTurnLeft(EventMessages.Describe(numbered, Describe()), numbered) });

    /// <summary>Takes in what other nodes committed.</summary>
    /// <returns>False when the store did not answer.</returns>
    public async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            using (await EnterAsync(cancellationToken))
            {
                await CatchUpAsync(cancellationToken);
                return true;
            }
        }
        catch (RoomStoreUnavailableException)
        {
            return false; // It is looked again, by the next hint or without one.
        }
    }

    /// <summary>The log may have grown: looks, and nobody waits. Hints that come meanwhile cost one look.</summary>
    public void Hint()
    {
        if (Interlocked.Increment(ref _hints) == 1)
        {
            _ = FollowHintsAsync();
        }
    }

    private async Task FollowHintsAsync()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _hints);
            await FollowAsync(CancellationToken.None);
        } while (Interlocked.CompareExchange(ref _hints, 0, seen) != seen);
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (IsOver)
        {
            return;
        }

        var missed = await store.ReadEventsAsync(Id, Current.Version, cancellationToken);
        if (missed is { } events)
        {
            Follow([.. events.Select(numbered => numbered.Event)]);
            return;
        }

        // Too far behind: everybody here gets the whole state instead of the events.
        if (await store.LoadAsync(Id, cancellationToken) is not { } stored || stored.Version <= Current.Version)
        {
            return; // Another node's store, or one that has forgotten: what is known here goes on.
        }

        var before = Current;
        Current = stored;
        Clock.Follow(Current);
        observer.Jumped(this, before);
        foreach (var participant in People.All)
        {
            participant.Connection?.End(GoodbyeReason.ShuttingDown, GoodbyeAction.Resume, "The room moved on. Resume.");
        }
    }

    private void Follow(ImmutableArray<Domain.RoomEvent> events)
    {
        foreach (var roomEvent in events)
        {
            var before = Current;
            Current = before.Apply(roomEvent);
            Clock.Follow(Current);
            var happened = new NumberedEvent(Current.Version, roomEvent);
            Broadcast(Message(happened));
            observer.Followed(this, before, happened);
        }
    }

    private uint TurnLeftMs(StageMember member) =>
        member.Turn is { } turn ? (uint)Clock.LeftOf(turn).TotalMilliseconds : 0;

    private V1.RoomEvent WithTurnLeft(V1.RoomEvent message, NumberedEvent numbered)
    {
        if (numbered.Event is Domain.RoomEvent.StageChanged { Member.Turn: not null } changed)
        {
            message.ParticipantChanged.TurnMs = TurnLeftMs(changed.Member);
        }

        return message;
    }

    private void Broadcast(OutboundMessage message)
    {
        foreach (var participant in People.All)
        {
            participant.Connection?.Send(message);
        }
    }
}
