using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Commands of a few people who do whatever comes to their minds; a seed replays them.</summary>
internal sealed class RandomCommands(Random random)
{
    private const int PeopleCount = 12;

    public RoomCommand Next(Room room, DateTimeOffset at)
    {
        if (room.State == RoomState.Unopened)
        {
            return First(at);
        }

        return random.Next(100) switch
        {
            < 45 => Presence(room, at),
            < 70 => Word(room, at),
            < 80 => Muting(at),
            < 92 => Hosts(room, at),
            _ => Life(at),
        };
    }

    private RoomCommand First(DateTimeOffset at)
    {
        var host = Somebody(random.Next(PeopleCount - 1));
        var policy = Policy().ApplyTo(RoomPolicy.Default);
        return random.Next(4) == 0
            ? new RoomCommand.Schedule("A talk", host.Identity, host.Name, at.AddMinutes(1), at) { Policy = policy }
            : new RoomCommand.Open("A talk", host.Identity, host.Name, at) { Policy = policy };
    }

    private RoomCommand Presence(Room room, DateTimeOffset at) =>
        random.Next(13) switch
        {
            <= 5 => new RoomCommand.Enter(Somebody(), random.Next(3) == 0, at)
            {
                FollowsHost = random.Next(2) == 0,
                MustSpeak = random.Next(6) == 0,
                IsAdministrator = random.Next(10) == 0,
            },
            <= 7 => new RoomCommand.Leave(OnStage(room).Id, at),
            8 => new RoomCommand.LoseConnection(OnStage(room).Id, at),
            9 => new RoomCommand.Enter(OnStage(room), random.Next(3) == 0, at),
            10 => new RoomCommand.Remove(Anybody(), Somebody(), at),
            11 => new RoomCommand.Ban(Anybody(), Account(), "Somebody", at),
            _ => new RoomCommand.Unban(Anybody(), Account(), at),
        };

    private RoomCommand Word(Room room, DateTimeOffset at) =>
        random.Next(12) switch
        {
            <= 3 => new RoomCommand.RaiseHand(Somebody(), random.Next(3) != 0, at)
            {
                FollowedByHost = random.Next(2) == 0,
            },
            4 => new RoomCommand.LowerHand(Anybody(), OnStage(room).Id, at),
            5 when random.Next(4) == 0 => new RoomCommand.LowerAllHands(Anybody(), at),
            <= 7 => new RoomCommand.ChangeRole(Anybody(), Somebody(), (Role)random.Next(5), at),
            8 => new RoomCommand.DecideRole(Anybody(), Account(), (Role)random.Next(5), at),
            9 => new RoomCommand.InviteToSpeak(Anybody(), Somebody(), at),
            10 => new RoomCommand.AnswerInvitation(OnStage(room), random.Next(2) == 0, at),
            _ => new RoomCommand.WithdrawInvitation(Anybody(), OnStage(room).Id, at),
        };

    private RoomCommand Muting(DateTimeOffset at) =>
        random.Next(7) switch
        {
            <= 1 => new RoomCommand.Mute(Somebody(), random.Next(2) == 0, at),
            2 => new RoomCommand.MuteOther(Anybody(), Somebody().Id, at),
            3 => new RoomCommand.MuteAll(Anybody(), at),
            4 => new RoomCommand.AskToUnmute(Anybody(), Somebody().Id, at),
            _ => new RoomCommand.Suppress(Anybody(), Account(), random.Next(3) != 0, at),
        };

    private RoomCommand Hosts(Room room, DateTimeOffset at)
    {
        var person = Somebody();
        return random.Next(10) switch
        {
            <= 1 => new RoomCommand.AppointCoHost(
                Anybody(),
                person.Identity,
                person.Name,
                random.Next(3) == 0 ? null : person,
                at
            ),
            2 => new RoomCommand.DismissCoHost(Anybody(), person.Identity, at),
            3 => new RoomCommand.HandOver(Anybody(), person, at),
            4 => new RoomCommand.SetHeirs(Anybody(), [Account(), Account(), Account()], at),
            <= 7 => new RoomCommand.HostGraceOver(
                room.HostAbsence?.Number ?? random.Next(9),
                [Somebody(), Somebody()],
                at
            ),
            _ => new RoomCommand.TurnOver(
                OnStage(room).Id,
                room.OnStage(OnStage(room).Id)?.Turn?.Number ?? random.Next(99),
                at
            ),
        };
    }

    private RoomCommand Life(DateTimeOffset at) =>
        random.Next(9) switch
        {
            0 => new RoomCommand.Edit(Anybody(), at)
            {
                Title = random.Next(2) == 0 ? "Other" : "",
                Topics = random.Next(2) == 0 ? ["music", "talk"] : null,
                StartsAt = random.Next(5) == 0 ? at.AddHours(1) : null,
            },
            <= 2 => new RoomCommand.ChangePolicy(Anybody(), Policy(), at),
            3 => new RoomCommand.Start(Anybody(), at),
            <= 5 => new RoomCommand.SharePost(Anybody(), "https://example.org", "Zoe", "Look.", at),
            6 => new RoomCommand.TakeDownPost(Anybody(), random.Next(100), at),
            7 when random.Next(12) == 0 => new RoomCommand.End(Anybody(), at),
            _ => random.Next(40) == 0 ? new RoomCommand.Expire(at) : new RoomCommand.Start(Anybody(), at),
        };

    private RoomPolicyChange Policy() =>
        new()
        {
            Speak = Sometimes(() => (SpeakPolicy)random.Next(1, 4)),
            RequestsOpen = Sometimes(() => random.Next(4) != 0),
            Visibility = Sometimes(() => (RoomVisibility)random.Next(1, 4)),
            SpeakersMax = Sometimes(() => random.Next(1, 7)),
            PeopleMax = random.Next(5) == 0 ? random.Next(2, 9) : Sometimes(() => 0),
            CoHostsMax = Sometimes(() => random.Next(4)),
            AnonymousListening = Sometimes(() => random.Next(2) == 0),
            TurnSeconds = Sometimes(() => random.Next(2) * 30),
            OnHostLeft = Sometimes(() => (HostLeftRule)random.Next(1, 4)),
            GraceSeconds = Sometimes(() => random.Next(3) * 10),
        };

    private T? Sometimes<T>(Func<T> value)
        where T : struct => random.Next(3) == 0 ? value() : null;

    private Identity Account() => new($"p{random.Next(PeopleCount - 1)}"); // The last one has no account.

    private Actor Anybody() =>
        random.Next(20) switch
        {
            0 => Actor.System,
            1 => new Actor(Account(), IsAdministrator: true),
            _ => new Actor(Account()),
        };

    /// <summary>Somebody who is there, so that commands often mean something.</summary>
    private Person OnStage(Room room) =>
        room.Stage.Count == 0 ? Somebody() : room.Stage.ElementAt(random.Next(room.Stage.Count)).Person;

    private Person Somebody() => Somebody(random.Next(PeopleCount));

    private Person Somebody(int number)
    {
        var stay = random.Next(6) == 0 ? "b" : "a";
        var mediaId = random.Next(10) == 0 ? (uint)random.Next(PeopleCount) : (uint)number + 1;
        return new Person(
            new ParticipantId($"{number}{stay}"),
            new Identity($"p{number}"),
            $"P{number}",
            new MediaId(mediaId),
            Muted: random.Next(2) == 0,
            Anonymous: number == PeopleCount - 1
        );
    }
}
