using System.Collections.Immutable;

namespace Spaces.Signaling.Domain;

/// <summary>
/// One room and its rules. Immutable and without I/O: <see cref="Decide"/> says what a command leads to,
/// <see cref="Apply(RoomEvent)"/> carries it out. Storing, broadcasting and the time of day are the caller's.
/// </summary>
/// <remarks>
/// Listeners are not part of it: they are counted elsewhere, so that a room costs the same with ten as with a hundred
/// thousand of them. Held here: the stage in the order people came there, and the host's decisions by account.
/// </remarks>
public sealed record Room(
    RoomId Id,
    string Title,
    Identity Host,
    string HostName,
    RoomState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    RoomEndReason? EndReason,
    long Version,
    ImmutableList<StageMember> Stage,
    ImmutableDictionary<Identity, Role> Decisions
)
{
    /// <summary>Speakers and raised hands together; the host comes on top. Bounds every snapshot of the room.</summary>
    public const int StageMax = 500;

    /// <summary>Accounts the host has decided on in the life of one room.</summary>
    public const int DecisionsMax = 10_000;

    /// <summary>A room before its first event.</summary>
    public static Room Unopened(RoomId id) =>
        new(
            id,
            Title: "",
            new Identity(""),
            HostName: "",
            RoomState.Unopened,
            default,
            EndedAt: null,
            EndReason: null,
            Version: 0,
            [],
            ImmutableDictionary<Identity, Role>.Empty
        );

    /// <summary>Never changes anything.</summary>
    public RoomDecision Decide(RoomCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return (command, State) switch
        {
            (RoomCommand.Open open, RoomState.Unopened) => DecideOpen(open),
            (RoomCommand.Open, _) => Refuse(RefusalCode.FailedPrecondition, "The room is already open."),
            (_, RoomState.Unopened) => Refuse(RefusalCode.NotFound, "There is no such room. Check the link."),
            (RoomCommand.End, RoomState.Ended) => RoomDecision.Nothing,
            (RoomCommand.Leave or RoomCommand.LoseConnection or RoomCommand.Expire, RoomState.Ended) =>
                RoomDecision.Nothing,
            (_, RoomState.Ended) => Refuse(RefusalCode.FailedPrecondition, "The room has ended."),
            (RoomCommand.Enter enter, _) => DecideEnter(enter),
            (RoomCommand.Leave leave, _) => DecideLeave(leave),
            (RoomCommand.LoseConnection lose, _) => DecideLoseConnection(lose),
            (RoomCommand.Mute mute, _) => DecideMute(mute),
            (RoomCommand.RaiseHand raise, _) => DecideRaiseHand(raise),
            (RoomCommand.ChangeRole change, _) => DecideChangeRole(change),
            (RoomCommand.ChangeTitle change, _) => DecideChangeTitle(change),
            (RoomCommand.End end, _) => DecideEnd(end),
            (RoomCommand.Expire expire, _) => Accept(new RoomEvent.Ended(RoomEndReason.Empty, expire.At)),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown room command."),
        };
    }

    /// <summary>Never refuses.</summary>
    public Room Apply(RoomEvent roomEvent)
    {
        var next = roomEvent switch
        {
            RoomEvent.Opened opened => this with
            {
                Title = opened.Title,
                Host = opened.Host,
                HostName = opened.HostName,
                State = RoomState.Live,
                CreatedAt = opened.At,
            },
            RoomEvent.TitleChanged changed => this with { Title = changed.Title },
            RoomEvent.StageChanged changed => WithMember(changed.Member).WithDecision(changed.Decision),
            RoomEvent.StageLeft left => (
                this with
                {
                    Stage = Stage.RemoveAll(member => member.Person.Id == left.Participant),
                }
            ).WithDecision(left.Decision),
            RoomEvent.Ended ended => this with
            {
                State = RoomState.Ended,
                EndedAt = ended.At,
                EndReason = ended.Reason,
                Stage = [],
            },
            _ => throw new ArgumentOutOfRangeException(nameof(roomEvent), roomEvent, "Unknown room event."),
        };
        return next with { Version = Version + 1 };
    }

    /// <summary>The room after all of <paramref name="events"/>.</summary>
    public Room Apply(IEnumerable<RoomEvent> events) => events.Aggregate(this, (room, next) => room.Apply(next));

    public StageMember? OnStage(ParticipantId participant) => Stage.Find(member => member.Person.Id == participant);

    /// <summary>The role somebody has, or would come in with: host, then the host's decision, then the token.</summary>
    public Role RoleOf(Identity identity, bool tokenMaySpeak)
    {
        if (identity == Host)
        {
            return Role.Host;
        }

        if (Decisions.TryGetValue(identity, out var decided))
        {
            return decided;
        }

        return tokenMaySpeak ? Role.Speaker : Role.Listener;
    }

    private static RoomDecision Accept(RoomEvent roomEvent) => RoomDecision.Accept(roomEvent);

    private static RoomDecision Refuse(RefusalCode code, string message) => RoomDecision.Refuse(code, message);

    private static RoomDecision Refuse(RoomRefusal refusal) => new([], refusal);

    private static RoomDecision DecideOpen(RoomCommand.Open open) =>
        RoomText.Problem("title", open.Title, RoomText.TitleLengthMax) is { } problem
            ? Refuse(RefusalCode.InvalidArgument, problem)
            : Accept(new RoomEvent.Opened(open.Title, open.Host, open.HostName, open.At));

    private RoomDecision DecideEnter(RoomCommand.Enter enter)
    {
        var person = enter.Person;
        if (ClashOf(person) is { } clash)
        {
            return Refuse(clash);
        }

        var role = RoleOf(person.Identity, enter.TokenMaySpeak);
        var present = OnStage(person.Id);
        var handRaised = role == Role.Listener && present is { HandRaised: true };
        if (role == Role.Listener && !handRaised)
        {
            return present is null
                ? RoomDecision.Nothing
                : Accept(new RoomEvent.StageLeft(person.Id, Decision: null, enter.At));
        }

        if (present is null && role != Role.Host && Stage.Count >= StageMax)
        {
            return StageIsFull();
        }

        var member = new StageMember(person, role, handRaised, Connected: true);
        return member == present
            ? RoomDecision.Nothing
            : Accept(new RoomEvent.StageChanged(member, Decision: null, enter.At));
    }

    private RoomDecision DecideLeave(RoomCommand.Leave leave) =>
        OnStage(leave.Participant) is null
            ? RoomDecision.Nothing
            : Accept(new RoomEvent.StageLeft(leave.Participant, Decision: null, leave.At));

    private RoomDecision DecideLoseConnection(RoomCommand.LoseConnection lose) =>
        OnStage(lose.Participant) is { Connected: true } member
            ? Accept(new RoomEvent.StageChanged(member with { Connected = false }, Decision: null, lose.At))
            : RoomDecision.Nothing;

    private RoomDecision DecideMute(RoomCommand.Mute mute)
    {
        var member = OnStage(mute.Person.Id);
        if (Permissions.Refusal(Right.MuteSelf, StandingOf(member)) is { } refusal)
        {
            return Refuse(refusal);
        }

        return member is null || member.Person.Muted == mute.Muted
            ? RoomDecision.Nothing
            : Accept(Changed(member with { Person = member.Person with { Muted = mute.Muted } }, mute.At));
    }

    private RoomDecision DecideRaiseHand(RoomCommand.RaiseHand raise)
    {
        var member = OnStage(raise.Person.Id);
        if (!raise.Raised)
        {
            return member is { HandRaised: true }
                ? Accept(new RoomEvent.StageLeft(raise.Person.Id, Decision: null, raise.At))
                : RoomDecision.Nothing;
        }

        var standing = StandingOf(new Actor(raise.Person.Identity));
        if (Permissions.Refusal(Right.RaiseHand, standing) is { } refusal)
        {
            return Refuse(refusal);
        }

        if (ClashOf(raise.Person) is { } clash)
        {
            return Refuse(clash);
        }

        if (member is not null)
        {
            return RoomDecision.Nothing;
        }

        return Stage.Count >= StageMax
            ? StageIsFull()
            : Accept(
                Changed(new StageMember(raise.Person, Role.Listener, HandRaised: true, Connected: true), raise.At)
            );
    }

    private RoomDecision DecideChangeRole(RoomCommand.ChangeRole change)
    {
        if (Permissions.Refusal(Right.ChangeRole, StandingOf(change.Actor)) is { } refusal)
        {
            return Refuse(refusal);
        }

        if (change.Role is not (Role.Speaker or Role.Listener))
        {
            return Refuse(RefusalCode.InvalidArgument, "role must be ROLE_SPEAKER or ROLE_LISTENER.");
        }

        var target = change.Target;
        if (target.Identity == Host)
        {
            return Refuse(RefusalCode.FailedPrecondition, "The host may always speak; that cannot be taken away.");
        }

        if (ClashOf(target) is { } clash)
        {
            return Refuse(clash);
        }

        var member = OnStage(target.Id);
        if ((member?.Role ?? Role.Listener) == change.Role)
        {
            return RoomDecision.Nothing;
        }

        if (Decisions.Count >= DecisionsMax && !Decisions.ContainsKey(target.Identity))
        {
            return Refuse(
                RefusalCode.ResourceExhausted,
                "Too many people were given or refused the word in this room."
            );
        }

        if (member is null && Stage.Count >= StageMax)
        {
            return StageIsFull();
        }

        var decision = new RoleDecision(target.Identity, change.Role);
        if (change.Role == Role.Listener)
        {
            return Accept(new RoomEvent.StageLeft(target.Id, decision, change.At));
        }

        var speaker = member is null
            ? new StageMember(target, Role.Speaker, HandRaised: false, Connected: true)
            : member with
            {
                Role = Role.Speaker,
                HandRaised = false,
            };
        return Accept(new RoomEvent.StageChanged(speaker, decision, change.At));
    }

    private RoomDecision DecideChangeTitle(RoomCommand.ChangeTitle change)
    {
        if (Permissions.Refusal(Right.ChangeTitle, StandingOf(change.Actor)) is { } refusal)
        {
            return Refuse(refusal);
        }

        if (RoomText.Problem("title", change.Title, RoomText.TitleLengthMax) is { } problem)
        {
            return Refuse(RefusalCode.InvalidArgument, problem);
        }

        return change.Title == Title
            ? RoomDecision.Nothing
            : Accept(new RoomEvent.TitleChanged(change.Title, change.At));
    }

    private RoomDecision DecideEnd(RoomCommand.End end)
    {
        var standing = StandingOf(end.Actor);
        if (Permissions.Refusal(Right.EndRoom, standing) is { } refusal)
        {
            return Refuse(refusal);
        }

        var reason = standing == Standing.Host ? RoomEndReason.Host : RoomEndReason.Administrator;
        return Accept(new RoomEvent.Ended(reason, end.At));
    }

    private static RoomEvent.StageChanged Changed(StageMember member, DateTimeOffset at) =>
        new(member, Decision: null, at);

    private static RoomDecision StageIsFull() =>
        Refuse(
            RefusalCode.ResourceExhausted,
            $"The stage is full ({StageMax} people). Try again when somebody left it."
        );

    /// <summary>Ids are the caller's to choose; two people on stage never share one.</summary>
    private RoomRefusal? ClashOf(Person person) =>
        person.MediaId.Value == 0 || Stage.Exists(member => Clashes(member.Person, person))
            ? new RoomRefusal(
                RefusalCode.InvalidArgument,
                "The media id, the identity or the participant id is taken on this stage. Take another."
            )
            : null;

    private static bool Clashes(Person present, Person entering) =>
        present.Id == entering.Id
            ? present.Identity != entering.Identity
            : present.MediaId == entering.MediaId || present.Identity == entering.Identity;

    private static Standing StandingOf(StageMember? member) =>
        member?.Role switch
        {
            Role.Host => Standing.Host,
            Role.Speaker => Standing.Speaker,
            Role.Listener or null => Standing.Listener,
            _ => throw new InvalidOperationException($"Unknown role {member.Role}."),
        };

    private Standing StandingOf(Actor actor)
    {
        if (actor.Identity == Host)
        {
            return Standing.Host;
        }

        return actor.IsAdministrator
            ? Standing.Administrator
            : StandingOf(Stage.Find(member => member.Person.Identity == actor.Identity));
    }

    private Room WithMember(StageMember member)
    {
        var index = Stage.FindIndex(present => present.Person.Id == member.Person.Id);
        return this with { Stage = index < 0 ? Stage.Add(member) : Stage.SetItem(index, member) };
    }

    private Room WithDecision(RoleDecision? decision) =>
        decision is null ? this : this with { Decisions = Decisions.SetItem(decision.Identity, decision.Role) };
}
