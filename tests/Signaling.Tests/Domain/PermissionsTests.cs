using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.PermissionCases;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>The permission table, row by row: every command in every standing, asked of the room itself.</summary>
[TestFixture]
internal sealed class PermissionsTests
{
    /// <summary>Commands of nobody, and entering, which has conditions instead of rights.</summary>
    private static readonly string[] WithoutRights =
    [
        nameof(RoomCommand.Open),
        nameof(RoomCommand.Schedule),
        nameof(RoomCommand.Expire),
        nameof(RoomCommand.Enter),
        nameof(RoomCommand.Leave),
        nameof(RoomCommand.LoseConnection),
        nameof(RoomCommand.HostGraceOver),
        nameof(RoomCommand.TurnOver),
    ];

    public static IEnumerable<TestCaseData> Cases =>
        from asked in All
        from standing in Enum.GetValues<Standing>()
        where asked.Ask is not null || PersonOf(standing) is not null
        select new TestCaseData(asked, standing).SetArgDisplayNames(asked.Name, standing.ToString());

    [TestCaseSource(nameof(Cases))]
    public void A_command_is_refused_exactly_where_the_table_says_so(PermissionCase asked, Standing standing)
    {
        var command = asked.Ask?.Invoke(ActorOf(standing)) ?? asked.AskSelf!(PersonOf(standing)!);
        var room = asked.InScheduledRoom ? ScheduledRoom : LiveRoom;

        var refusal = room.Decide(command).Refusal;

        var missing = asked.Rights.Where(right => !Permissions.Table[right].Allowed.Contains(standing)).ToArray();
        var expected =
            missing.Length == 0
                ? null
                : new RoomRefusal(RefusalCode.PermissionDenied, Permissions.Table[missing[0]].Refusal);
        Assert.That(refusal, Is.EqualTo(expected));
    }

    [Test]
    public void Every_command_is_tried()
    {
        var commands = typeof(RoomCommand).GetNestedTypes().Select(type => type.Name);
        var tried = All.Select(asked => (asked.Ask?.Invoke(Actor.System) ?? asked.AskSelf!(RoomWorld.Ada)).GetType());

        Assert.That(tried.Select(type => type.Name).Distinct().Concat(WithoutRights), Is.EquivalentTo(commands));
    }

    [Test]
    public void Every_right_has_a_row_and_is_asked_for_by_some_command()
    {
        Assert.That(Permissions.Table.Keys, Is.EquivalentTo(Enum.GetValues<Right>()));
        Assert.That(All.SelectMany(asked => asked.Rights).Distinct(), Is.EquivalentTo(Enum.GetValues<Right>()));
    }

    [Test]
    public void An_administrators_token_adds_to_what_a_speaker_may() =>
        Assert.Multiple(() =>
        {
            var speaker = ActorOf(Standing.Speaker) with { IsAdministrator = true };
            RoomWorld.After(LiveRoom, new RoomCommand.SharePost(speaker, "https://x.org", "Zoe", "", RoomWorld.Now));
            RoomWorld.After(LiveRoom, new RoomCommand.End(speaker, RoomWorld.Now));
        });
}
