using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Every row of the permission table, tried in every standing through the room itself.</summary>
[TestFixture]
internal sealed class PermissionsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly Person Host = Somebody("host", 1);
    private static readonly Person Speaker = Somebody("speaker", 2);
    private static readonly Person Listener = Somebody("listener", 3);

    public static IEnumerable<TestCaseData> Cases =>
        from right in Enum.GetValues<Right>()
        from standing in Enum.GetValues<Standing>()
        where standing != Standing.Administrator || right is not (Right.MuteSelf or Right.RaiseHand)
        select new TestCaseData(right, standing);

    [TestCaseSource(nameof(Cases))]
    public void A_command_is_refused_exactly_where_the_table_says_so(Right right, Standing standing)
    {
        var room = Room.Unopened(new RoomId("r"))
            .Apply(new RoomEvent.Opened("A talk", Host.Identity, Host.Name, Now))
            .Apply(new RoomEvent.StageChanged(new StageMember(Host, Role.Host, false, true), null, Now))
            .Apply(new RoomEvent.StageChanged(new StageMember(Speaker, Role.Speaker, false, true), null, Now));

        var refusal = room.Decide(Command(right, standing)).Refusal;

        var isAllowed = Permissions.Table[right].Allowed.Contains(standing);
        Assert.That(refusal?.Code, Is.EqualTo(isAllowed ? null : (RefusalCode?)RefusalCode.PermissionDenied));
        Assert.That(refusal?.Message, isAllowed ? Is.Null : Is.EqualTo(Permissions.Table[right].RefusalMessage));
    }

    [Test]
    public void Every_right_has_a_row() =>
        Assert.That(Permissions.Table.Keys, Is.EquivalentTo(Enum.GetValues<Right>()));

    private static RoomCommand Command(Right right, Standing standing)
    {
        var person = standing switch
        {
            Standing.Host => Host,
            Standing.Speaker => Speaker,
            Standing.Listener or Standing.Administrator => Listener,
            _ => throw new ArgumentOutOfRangeException(nameof(standing)),
        };
        var actor = new Actor(person.Identity, standing == Standing.Administrator);
        return right switch
        {
            Right.MuteSelf => new RoomCommand.Mute(person, true, Now),
            Right.RaiseHand => new RoomCommand.RaiseHand(person, true, Now),
            Right.ChangeRole => new RoomCommand.ChangeRole(actor, Listener, Role.Speaker, Now),
            Right.ChangeTitle => new RoomCommand.ChangeTitle(actor, "Another", Now),
            Right.EndRoom => new RoomCommand.End(actor, Now),
            _ => throw new ArgumentOutOfRangeException(nameof(right)),
        };
    }

    private static Person Somebody(string name, uint mediaId) =>
        new(new ParticipantId(name), new Identity(name), name, new MediaId(mediaId), Muted: false);
}
