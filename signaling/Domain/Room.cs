namespace Spaces.Signaling.Domain;

/// <summary>
/// One room and its rules. Immutable and without I/O: <see cref="Decide"/> says what a command leads to,
/// <see cref="Apply(RoomEvent)"/> carries it out. Storing, broadcasting and the time of day are the caller's.
/// </summary>
/// <remarks>
/// Listeners are not part of it: they are counted elsewhere, so that a room costs the same with ten as with a hundred
/// thousand of them. Held here: the people on stage, and what was decided about accounts, which outlives their stay.
/// Equal to another room when everything in it is. Every collection has a limit next to its rule.
/// </remarks>
public sealed record Room
{
    /// <summary>Listeners on the stage list: hands, invitations, everybody in a room of limited size.</summary>
    /// <remarks>Speakers come on top; together they bound every snapshot of the room.</remarks>
    public const int StageListenersMax = 500;

    /// <summary>Accounts that something was decided about in the life of one room; the same for each kind.</summary>
    public const int DecisionsMax = 10_000;

    /// <summary>How late a scheduled room can be started; then it is cancelled.</summary>
    public static readonly TimeSpan NoShowAfter = TimeSpan.FromHours(24);

    public required RoomId Id { get; init; }

    public RoomState State { get; init; }

    /// <summary>The number of the last event.</summary>
    public long Version { get; init; }

    public string Title { get; init; } = "";

    public string Description { get; init; } = "";

    public ValueList<string> Topics { get; init; } = [];

    public Identity Host { get; init; } = new("");

    public string HostName { get; init; } = "";

    public RoomPolicy Policy { get; init; } = RoomPolicy.Default;

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a scheduled room is to start; null for a room that opened live.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>When it went live; null before, and in rooms stored before this was.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public RoomEndReason? EndReason { get; init; }

    public Stage Stage { get; init; } = Stage.Empty;

    /// <summary>Co-hosts, in the room or not, in the order they were appointed.</summary>
    public ValueList<Identity> CoHosts { get; init; } = [];

    /// <summary>Who takes over after the co-hosts, the first first.</summary>
    public ValueList<Identity> Heirs { get; init; } = [];

    /// <summary>What was decided about the word, by account.</summary>
    public ValueDictionary<Identity, SpeakRight> Decisions { get; init; } = new();

    /// <summary>Who cannot unmute, by account, with the name that was shown.</summary>
    public ValueDictionary<Identity, string> Suppressed { get; init; } = new();

    public ValueDictionary<Identity, Ban> Bans { get; init; } = new();

    /// <summary>Shared posts, the newest last.</summary>
    public ValueList<Post> Posts { get; init; } = [];

    /// <summary>Not null from when the host has gone until they return, or what the policy says has happened.</summary>
    public HostAbsence? HostAbsence { get; init; }

    /// <summary>The host is gone for longer than the grace: nobody is heard.</summary>
    public bool ListenOnly { get; init; }

    /// <summary>Places for speakers that are taken; host and co-hosts hold theirs also while they are away.</summary>
    public int SeatsTaken => 1 + CoHosts.Count + Stage.SpeakerCount;

    /// <summary>A room before its first event.</summary>
    public static Room Unopened(RoomId id) => new() { Id = id };

    public StageMember? OnStage(ParticipantId participant) => Stage.Find(participant);

    /// <summary>Whether somebody may be heard now, if not muted.</summary>
    public bool MaySpeak(ParticipantId participant) => !ListenOnly && OnStage(participant) is { MaySpeak: true };

    /// <summary>The role of an account: host, co-host, then what was decided about it, then its token.</summary>
    public Role RoleOf(Identity identity, bool tokenMaySpeak)
    {
        if (identity == Host)
        {
            return Role.Host;
        }

        if (CoHosts.Contains(identity))
        {
            return Role.CoHost;
        }

        var maySpeak = Decisions.TryGetValue(identity, out var decided) ? decided == SpeakRight.Given : tokenMaySpeak;
        return maySpeak ? Role.Speaker : Role.Listener;
    }

    /// <summary>Never changes anything, never throws.</summary>
    public RoomDecision Decide(RoomCommand command) => RoomRules.Decide(this, command);

    /// <summary>Never refuses.</summary>
    public Room Apply(RoomEvent roomEvent)
    {
        var next = roomEvent switch
        {
            RoomEvent.StageChanged changed => WithMember(changed.Member).WithDecision(changed.Decision),
            RoomEvent.StageLeft left => (this with { Stage = Stage.Without(left.Participant) }).WithDecision(
                left.Decision
            ),
            RoomEvent.Decided decided => WithDecision(decided.Decision),
            RoomEvent.SuppressionChanged changed => this with
            {
                Suppressed = changed.Suppressed
                    ? Suppressed.With(changed.Identity, changed.Name)
                    : Suppressed.Without(changed.Identity),
            },
            RoomEvent.AskedToUnmute => this,
            RoomEvent.PostShared shared => this with { Posts = RoomPosts.WithNewest(Posts, shared.Post) },
            RoomEvent.PostTakenDown down => this with { Posts = Posts.RemoveAll(post => post.Number == down.Number) },
            RoomEvent.CoHostsChanged changed => this with { CoHosts = changed.CoHosts },
            RoomEvent.HeirsChanged changed => this with { Heirs = changed.Heirs },
            RoomEvent.HostLeft left => this with { HostAbsence = new HostAbsence(Version + 1, left.GraceSeconds) },
            RoomEvent.HostReturned => this with { HostAbsence = null, ListenOnly = false },
            RoomEvent.WentListenOnly => this with { HostAbsence = null, ListenOnly = true },
            RoomEvent.HostChanged changed => Under(changed),
            RoomEvent.Removed removed => (this with { Stage = Stage.Without(removed.Participant) }).WithDecision(
                new RoleDecision(removed.Identity, Role.Listener)
            ),
            RoomEvent.Banned banned => Without(banned),
            RoomEvent.Unbanned unbanned => this with { Bans = Bans.Without(unbanned.Identity) },
            _ => ApplyLife(roomEvent),
        };
        return next with { Version = Version + 1 };
    }

    /// <summary>The room after all of <paramref name="events"/>.</summary>
    public Room Apply(IEnumerable<RoomEvent> events) => events.Aggregate(this, (room, next) => room.Apply(next));

    private Room ApplyLife(RoomEvent roomEvent) =>
        roomEvent switch
        {
            RoomEvent.Opened opened => this with
            {
                State = RoomState.Live,
                Title = opened.Title,
                Description = opened.Description,
                Topics = opened.Topics,
                Host = opened.Host,
                HostName = opened.HostName,
                Policy = opened.Policy,
                CreatedAt = opened.At,
                StartedAt = opened.At,
            },
            RoomEvent.Scheduled scheduled => this with
            {
                State = RoomState.Scheduled,
                Title = scheduled.Title,
                Description = scheduled.Description,
                Topics = scheduled.Topics,
                Host = scheduled.Host,
                HostName = scheduled.HostName,
                Policy = scheduled.Policy,
                CreatedAt = scheduled.At,
                StartsAt = scheduled.StartsAt,
            },
            RoomEvent.Started started => this with { State = RoomState.Live, StartedAt = started.At },
            RoomEvent.TitleChanged changed => this with { Title = changed.Title },
            RoomEvent.Edited edited => this with
            {
                Title = edited.Title,
                Description = edited.Description,
                Topics = edited.Topics,
                StartsAt = edited.StartsAt,
            },
            RoomEvent.PolicyChanged changed => this with { Policy = changed.Policy },
            RoomEvent.Ended ended => this with
            {
                State = RoomState.Ended,
                EndedAt = ended.At,
                EndReason = ended.Reason,
                Stage = Stage.Empty,
                HostAbsence = null,
                ListenOnly = false,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(roomEvent), roomEvent, "Unknown room event."),
        };

    private Room WithMember(StageMember member) =>
        this with
        {
            Stage = Stage.With(
                Stage.Numbered(
                    member,
                    OnStage(member.Person.Id) is { HandRaised: true } up ? up.HandNumber : Version + 1
                )
            ),
        };

    private Room WithDecision(RoleDecision? decision)
    {
        if (decision is null)
        {
            return this;
        }

        var right =
            decision.Role == Role.Speaker ? SpeakRight.Given
            : decision.TurnOver ? SpeakRight.Spent
            : SpeakRight.Taken;
        return this with { Decisions = Decisions.With(decision.Identity, right) };
    }

    private Room Under(RoomEvent.HostChanged changed) =>
        this with
        {
            Host = changed.Host,
            HostName = changed.HostName,
            Heirs = Heirs.RemoveAll(heir => heir == changed.Host),
            HostAbsence = null,
            ListenOnly = false,
        };

    private Room Without(RoomEvent.Banned banned) =>
        this with
        {
            Bans = Bans.With(banned.Identity, new Ban(banned.Name, banned.By, banned.At)),
            CoHosts = CoHosts.RemoveAll(coHost => coHost == banned.Identity),
            Heirs = Heirs.RemoveAll(heir => heir == banned.Identity),
            Decisions = Decisions.Without(banned.Identity),
            Suppressed = Suppressed.Without(banned.Identity),
        };
}
