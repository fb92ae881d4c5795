namespace Spaces.Signaling.Domain;

/// <summary>Host, co-hosts, heirs: who they are, and who takes over when the host has gone.</summary>
internal static class RoomHosts
{
    public const int HeirsMax = 10;

    public static RoomDecision AppointCoHost(Room room, RoomCommand.AppointCoHost appoint)
    {
        var (target, present) = (appoint.Target, appoint.Present);
        if (Permissions.Refusal(room, Right.AppointCoHosts, appoint.Actor) is { } denied)
        {
            return RoomDecision.Refuse(denied);
        }

        if (room.CoHosts.Contains(target))
        {
            return RoomDecision.Nothing;
        }

        var member = room.Stage.Find(target);
        if (AppointmentRefusal(room, appoint, member) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        var draft = new RoomDraft(room)
            .Add(RoomMuting.Lifted(room, target, appoint.At))
            .Add(new RoomEvent.CoHostsChanged(room.CoHosts.Add(target), appoint.At));
        member ??= present is null ? null : RoomPlaces.Entry(room, present);
        return draft
            .Add(member is null ? null : new RoomEvent.StageChanged(member.AsHost(Role.CoHost), null, appoint.At))
            .Decision;
    }

    public static RoomDecision DismissCoHost(Room room, RoomCommand.DismissCoHost dismiss)
    {
        if (Permissions.Refusal(room, Right.AppointCoHosts, dismiss.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return Dismiss(room, dismiss.Target, Role.Speaker, dismiss.At);
    }

    /// <summary>Makes a co-host a speaker or a listener, whether in the room or not.</summary>
    public static RoomDecision Dismiss(Room room, Identity coHost, Role role, DateTimeOffset at)
    {
        if (!room.CoHosts.Contains(coHost))
        {
            return RoomDecision.Nothing;
        }

        var decision = RoomPlaces.IfRemembered(room, new RoleDecision(coHost, role));
        var draft = new RoomDraft(room).Add(WithoutCoHost(room, coHost, at));
        var entry = room.Stage.Find(coHost) switch
        {
            null => decision is null ? null : new RoomEvent.Decided(decision, at),
            var member when role == Role.Speaker => (RoomEvent)
                new RoomEvent.StageChanged(member.AsSpeaker(draft.Room), decision, at),
            var member => RoomPlaces.Listening(
                room,
                member.AsListener(),
                StageLeaveReason.MovedToAudience,
                decision,
                at
            ),
        };
        return draft.Add(entry).Decision;
    }

    public static RoomDecision HandOver(Room room, RoomCommand.HandOver handOver)
    {
        var target = handOver.Target;
        if (Permissions.Refusal(room, Right.HandOver, handOver.Actor) is { } denied)
        {
            return RoomDecision.Refuse(denied);
        }

        if (target.Identity == room.Host)
        {
            return RoomDecision.Nothing;
        }

        var member = room.OnStage(target.Id);
        var refusal =
            RoomSpeakers.TargetRefusal(room, target)
            ?? RoomPlaces.Clash(room, target)
            ?? RoomPlaces.PeopleRefusal(room, target)
            ?? RoomPlaces.SeatRefusal(room, member);
        return refusal is null ? TakeOver(room, target, handOver.At) : RoomDecision.Refuse(refusal);
    }

    public static RoomDecision SetHeirs(Room room, RoomCommand.SetHeirs set)
    {
        if (Permissions.Refusal(room, Right.SetHeirs, set.Actor) is { } denied)
        {
            return RoomDecision.Refuse(denied);
        }

        if (set.Heirs.Count > HeirsMax || set.Heirs.Distinct().Count() < set.Heirs.Count)
        {
            return RoomDecision.Refuse(RefusalCode.InvalidArgument, $"Name at most {HeirsMax} heirs, each once.");
        }

        foreach (var heir in set.Heirs)
        {
            if (heir.Problem("heir") is { } problem)
            {
                return RoomDecision.Refuse(RefusalCode.InvalidArgument, problem);
            }

            if (heir == room.Host || room.Bans.ContainsKey(heir))
            {
                return RoomDecision.Refuse(
                    RefusalCode.FailedPrecondition,
                    "Neither the host nor somebody who is banned can be an heir. Leave them out."
                );
            }
        }

        return set.Heirs.Equals(room.Heirs)
            ? RoomDecision.Nothing
            : RoomDecision.Accept(new RoomEvent.HeirsChanged(set.Heirs, set.At));
    }

    /// <summary>A timer that comes late, for a host who came back, changes nothing.</summary>
    public static RoomDecision GraceOver(Room room, RoomCommand.HostGraceOver over)
    {
        if (room.HostAbsence?.Number != over.Absence)
        {
            return RoomDecision.Nothing;
        }

        if (room.Policy.OnHostLeft == HostLeftRule.HandOver && Heir(room, over) is { } heir)
        {
            return TakeOver(room, heir, over.At);
        }

        return room.Bans.ContainsKey(room.Host)
                ? RoomDecision.Accept(new RoomEvent.Ended(RoomEndReason.Suspended, over.At))
            : room.Policy.OnHostLeft == HostLeftRule.End
                ? RoomDecision.Accept(new RoomEvent.Ended(RoomEndReason.HostLeft, over.At))
            : RoomDecision.Accept(new RoomEvent.WentListenOnly(over.At));
    }

    /// <summary>The list without somebody who is on it; null for anybody else.</summary>
    public static RoomEvent? WithoutCoHost(Room room, Identity identity, DateTimeOffset at) =>
        room.CoHosts.Contains(identity)
            ? new RoomEvent.CoHostsChanged(room.CoHosts.RemoveAll(coHost => coHost == identity), at)
            : null;

    private static Person? Heir(Room room, RoomCommand.HostGraceOver over) =>
        room
            .CoHosts.Concat(room.Heirs)
            .Select(heir =>
                room.Stage.Find(heir) is { } member
                    ? member.Connected
                        ? member.Person
                        : null
                    : over.Present.FirstOrDefault(person => person.Identity == heir)
            )
            .FirstOrDefault(person =>
                person is { Anonymous: false }
                && !room.Bans.ContainsKey(person.Identity)
                && RoomPlaces.Clash(room, person) is null
            );

    /// <summary>The host before becomes a co-host where one more fits, else a speaker, else a listener.</summary>
    private static RoomDecision TakeOver(Room room, Person heir, DateTimeOffset at)
    {
        var before = room.Host;
        var rest = room.CoHosts.RemoveAll(coHost => coHost == heir.Identity);
        var entry = RoomPlaces.Entry(room, heir);
        var seatsTaken = 1 + rest.Count + room.Stage.SpeakerCount - (entry.Role == Role.Speaker ? 1 : 0);
        var hasSeat = seatsTaken < room.Policy.SpeakersMax;
        var isBanned = room.Bans.ContainsKey(before);
        var role =
            isBanned || !hasSeat ? Role.Listener
            : rest.Count < room.Policy.CoHostsMax ? Role.CoHost
            : Role.Speaker;
        var coHosts = role == Role.CoHost ? rest.Add(before) : rest;

        var draft = new RoomDraft(room)
            .Add(coHosts.Equals(room.CoHosts) ? null : new RoomEvent.CoHostsChanged(coHosts, at))
            .Add(new RoomEvent.HostChanged(heir.Identity, heir.Name, at))
            .Add(RoomMuting.Lifted(room, heir.Identity, at));
        if (room.Stage.Find(before) is { } stepsBack)
        {
            draft.Add(SteppedBack(draft.Room, stepsBack, role, at));
        }

        return draft.Add(new RoomEvent.StageChanged(entry.AsHost(Role.Host), Decision: null, at)).Decision;
    }

    private static RoomEvent SteppedBack(Room room, StageMember member, Role role, DateTimeOffset at)
    {
        if (role == Role.Listener)
        {
            return RoomPlaces.Listening(room, member.AsListener(), StageLeaveReason.MovedToAudience, null, at);
        }

        var decision = new RoleDecision(member.Person.Identity, Role.Speaker);
        return role == Role.CoHost
            ? new RoomEvent.StageChanged(member.AsHost(Role.CoHost), Decision: null, at)
            : new RoomEvent.StageChanged(member.AsSpeaker(room), RoomPlaces.IfRemembered(room, decision), at);
    }

    private static RoomRefusal? AppointmentRefusal(Room room, RoomCommand.AppointCoHost appoint, StageMember? member)
    {
        var (target, present) = (appoint.Target, appoint.Present);
        var problem = target.Problem("identity") ?? RoomText.Problem("name", appoint.Name, RoomText.NameLengthMax);
        if (problem is not null || present is not null && present.Identity != target)
        {
            return new RoomRefusal(
                RefusalCode.InvalidArgument,
                problem ?? "The person in the room has another identity. Give the one of the account."
            );
        }

        if (target == room.Host)
        {
            return new RoomRefusal(RefusalCode.FailedPrecondition, "The host needs no appointment.");
        }

        if (room.CoHosts.Count >= room.Policy.CoHostsMax)
        {
            return new RoomRefusal(
                RefusalCode.ResourceExhausted,
                $"This room has {room.CoHosts.Count} co-hosts, and no more may be. Dismiss one first."
            );
        }

        return RoomSpeakers.BanRefusal(room, target)
            ?? (present is null ? null : RoomSpeakers.TargetRefusal(room, present) ?? RoomPlaces.Clash(room, present))
            ?? (present is null ? null : RoomPlaces.PeopleRefusal(room, present))
            ?? RoomPlaces.SeatRefusal(room, member);
    }
}
