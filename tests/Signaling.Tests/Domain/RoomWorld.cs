using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>The people, rooms and commands that the tests of the room speak of.</summary>
internal static class RoomWorld
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The host.</summary>
    public static readonly Person Ada = Somebody("ada", 1);
    public static readonly Person Bob = Somebody("bob", 2);
    public static readonly Person Cleo = Somebody("cleo", 3);
    public static readonly Person Dan = Somebody("dan", 4);
    public static readonly Person Eve = Somebody("eve", 5);
    public static readonly Actor Host = new(Ada.Identity);
    public static readonly Actor Administrator = new(new Identity("root"), IsAdministrator: true);

    public static readonly Room Unopened = Room.Unopened(new RoomId("r"));

    /// <summary>Live, the host in it.</summary>
    public static readonly Room Live = Opened();

    public static Room Opened(RoomPolicy? policy = null) =>
        After(
            Unopened,
            new RoomCommand.Open("A talk", Ada.Identity, Ada.Name, Now) { Policy = policy ?? RoomPolicy.Default },
            Enter(Ada)
        );

    public static Room Scheduled(RoomPolicy? policy = null) =>
        After(
            Unopened,
            new RoomCommand.Schedule("A talk", Ada.Identity, Ada.Name, Now.AddDays(1), Now)
            {
                Policy = policy ?? RoomPolicy.Default,
            }
        );

    public static Person Somebody(string name, uint mediaId) =>
        new(new ParticipantId($"{name}-id"), new Identity(name), name, new MediaId(mediaId), Muted: false);

    public static IEnumerable<Person> Crowd(int count) =>
        Enumerable.Range(100, count).Select(i => Somebody($"p{i}", (uint)i));

    public static Actor As(Person person) => new(person.Identity);

    public static RoomCommand.Enter Enter(Person person, bool tokenMaySpeak = false) => new(person, tokenMaySpeak, Now);

    public static RoomCommand.Leave Leave(Person person) => new(person.Id, Now);

    public static RoomCommand.LoseConnection Drop(Person person) => new(person.Id, Now);

    public static RoomCommand.Mute Mute(Person person, bool muted = true) => new(person, muted, Now);

    public static RoomCommand.RaiseHand Raise(Person person) => new(person, true, Now);

    public static RoomCommand.RaiseHand Lower(Person person) => new(person, false, Now);

    public static RoomCommand.ChangeRole Give(Person person, Role role = Role.Speaker) => new(Host, person, role, Now);

    public static RoomCommand.ChangeRole Take(Person person) => Give(person, Role.Listener);

    public static RoomCommand.InviteToSpeak Invite(Person person) => new(Host, person, Now);

    public static RoomCommand.AnswerInvitation Accept(Person person) => new(person, true, Now);

    public static RoomCommand.AnswerInvitation Decline(Person person) => new(person, false, Now);

    public static RoomCommand.Suppress Suppress(Person person, bool suppressed = true) =>
        new(Host, person.Identity, suppressed, Now);

    public static RoomCommand.AppointCoHost Appoint(Person person) =>
        new(Host, person.Identity, person.Name, person, Now);

    public static RoomCommand.DismissCoHost Dismiss(Person person) => new(Host, person.Identity, Now);

    public static RoomCommand.HandOver HandOver(Person person) => new(Host, person, Now);

    public static RoomCommand.SetHeirs Heirs(params Person[] heirs) =>
        new(Host, [.. heirs.Select(heir => heir.Identity)], Now);

    public static RoomCommand.Remove Remove(Person person, Actor? actor = null) => new(actor ?? Host, person, Now);

    public static RoomCommand.Ban Ban(Person person, Actor? actor = null) =>
        new(actor ?? Host, person.Identity, person.Name, Now);

    public static RoomCommand.ChangePolicy Change(RoomPolicyChange change) => new(Host, change, Now);

    /// <summary>The grace that runs is over; of the listed heirs, these listen.</summary>
    public static RoomCommand.HostGraceOver GraceOver(Room room, params Person[] present) =>
        new(room.HostAbsence!.Number, [.. present], Now);

    public static RoomCommand.TurnOver TurnOver(Room room, Person person) =>
        new(person.Id, room.OnStage(person.Id)!.Turn!.Number, Now);

    /// <summary>The room after commands, none of which is refused.</summary>
    public static Room After(Room room, params IEnumerable<RoomCommand> commands)
    {
        foreach (var command in commands)
        {
            var decision = room.Decide(command);
            Assert.That(decision.Refusal, Is.Null, command.ToString());
            room = room.Apply(decision.Events);
        }

        return room;
    }

    /// <summary>The kinds of the events that a command leads to, in their order.</summary>
    public static IEnumerable<string> Events(Room room, RoomCommand command)
    {
        var decision = room.Decide(command);
        Assert.That(decision.Refusal, Is.Null, command.ToString());
        return decision.Events.Select(roomEvent => roomEvent.GetType().Name);
    }

    public static void ChangesNothing(Room room, RoomCommand command) =>
        Assert.That(Events(room, command), Is.Empty, command.ToString());

    public static void Refused(Room room, RoomCommand command, RefusalCode code, string because)
    {
        var refusal = room.Decide(command).Refusal;
        Assert.That(refusal?.Message, Does.Contain(because).And.EndsWith("."), command.ToString());
        Assert.That(refusal!.Code, Is.EqualTo(code), refusal.Message);
    }

    public static Role? RoleOf(Room room, Person person) => room.OnStage(person.Id)?.Role;
}
