using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Sending people out, keeping accounts out, and shared posts.</summary>
[TestFixture]
internal sealed class RoomBansTests
{
    [Test]
    public void Who_is_removed_may_come_back_as_a_listener_whatever_the_token_says()
    {
        var room = After(Live, Enter(Bob, true));

        Assert.That(Events(room, Remove(Bob)), Is.EqualTo(["StageLeft", "Removed"]));
        Assert.That(After(room, Remove(Bob), Enter(Bob, true)).OnStage(Bob.Id), Is.Null);
        Assert.That(RoleOf(After(room, Remove(Bob), Enter(Bob, true), Give(Bob)), Bob), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void A_listener_whom_the_room_does_not_know_is_removed_all_the_same()
    {
        Assert.That(Events(Live, Remove(Bob)), Is.EqualTo(["Removed"]));
        Assert.That(After(Live, Remove(Bob), Enter(Bob, true)).OnStage(Bob.Id), Is.Null);
    }

    [Test]
    public void A_co_host_who_is_removed_is_none_any_more()
    {
        var room = After(Live, Appoint(Bob), Remove(Bob), Enter(Bob));

        Assert.That((room.CoHosts.Count, RoleOf(room, Bob)), Is.EqualTo((0, (Role?)null)));
    }

    [Test]
    public void A_ban_takes_the_hand_the_invitation_and_all_that_was_decided()
    {
        var room = After(Live, Raise(Bob), Invite(Cleo), Give(Dan), Suppress(Dan), Heirs(Bob, Dan), Appoint(Eve));
        var banned = After(room, Ban(Bob), Ban(Cleo), Ban(Dan), Ban(Eve));

        Assert.Multiple(() =>
        {
            Assert.That(banned.Stage.Select(member => member.Person), Is.EqualTo([Ada]));
            Assert.That((banned.Heirs.Count, banned.CoHosts.Count), Is.EqualTo((0, 0)));
            Assert.That((banned.Decisions.Count, banned.Suppressed.Count), Is.EqualTo((0, 0)));
            Assert.That(banned.Bans[Dan.Identity], Is.EqualTo(new Ban("dan", Ada.Identity, Now)));
        });
    }

    [Test]
    public void No_way_leads_a_banned_account_back()
    {
        var room = After(Live, Ban(Bob));

        RoomCommand[] denied =
        [
            Enter(Bob, true),
            Enter(Bob) with
            {
                IsAdministrator = true,
            },
            Enter(Bob with { Id = new("other"), MediaId = new(99) }, true),
            Raise(Bob),
        ];
        RoomCommand[] asked = [Give(Bob), Invite(Bob), Appoint(Bob), HandOver(Bob)];
        Assert.Multiple(() =>
        {
            Array.ForEach(denied, command => Refused(room, command, RefusalCode.PermissionDenied, "banned"));
            Array.ForEach(asked, command => Refused(room, command, RefusalCode.FailedPrecondition, "banned"));
            var decide = new RoomCommand.DecideRole(Host, Bob.Identity, Role.Speaker, Now);
            Refused(room, decide, RefusalCode.FailedPrecondition, "Lift the ban");
            ChangesNothing(room, Ban(Bob));
            ChangesNothing(room, Remove(Bob));
        });
    }

    [Test]
    public void A_ban_is_of_one_account_and_another_of_the_same_name_comes_in()
    {
        var namesake = Bob with { Id = new("b2"), Identity = new("bob2"), MediaId = new(99) };

        Assert.That(RoleOf(After(Live, Ban(Bob), Enter(namesake, true)), namesake), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void Whose_ban_is_lifted_is_like_anybody()
    {
        var room = After(Live, Take(Bob), Ban(Bob), new RoomCommand.Unban(Host, Bob.Identity, Now), Enter(Bob, true));

        Assert.That(RoleOf(room, Bob), Is.EqualTo(Role.Speaker));
        ChangesNothing(room, new RoomCommand.Unban(Host, Bob.Identity, Now));
    }

    [Test]
    public void Bans_and_decisions_have_a_limit_and_a_banned_account_frees_its_decision()
    {
        var accounts = Enumerable.Range(0, Room.DecisionsMax).Select(i => new Identity($"x{i}")).ToArray();
        var full = Live with
        {
            Bans = new(accounts.Select(account => KeyValuePair.Create(account, new Ban("X", Ada.Identity, Now)))),
            Decisions = new(accounts.Select(account => KeyValuePair.Create(account, SpeakRight.Given))),
            Suppressed = new(accounts.Select(account => KeyValuePair.Create(account, "X"))),
        };

        Refused(full, Ban(Bob), RefusalCode.ResourceExhausted, "10000 accounts are banned");
        Refused(full, Give(Bob), RefusalCode.ResourceExhausted, "decided on 10000");
        Refused(full, Remove(Bob), RefusalCode.ResourceExhausted, "decided on 10000");
        var speaking = After(full, Enter(Bob, true));
        Refused(speaking, Take(Bob), RefusalCode.ResourceExhausted, "decided on 10000");
        Refused(speaking, Suppress(Bob), RefusalCode.ResourceExhausted, "10000 people are kept muted");
    }

    [TestCase("")]
    [TestCase("two\nlines")]
    public void No_name_keeps_an_account_from_being_banned(string name) =>
        Assert.That(After(Live, Ban(Bob) with { Name = name }).Bans[Bob.Identity].Name, Is.Empty);

    [TestCase("", "1-128")]
    public void What_is_no_account_is_not_banned(string identity, string because) =>
        Refused(Live, Ban(Bob) with { Target = new Identity(identity) }, RefusalCode.InvalidArgument, because);

    [Test]
    public void A_post_is_seen_until_a_host_or_whoever_shared_it_takes_it_down()
    {
        var room = After(Live, Give(Bob), Share(Bob), Share(Ada));
        var (first, second) = (room.Posts[0], room.Posts[1]);

        Assert.That(
            first,
            Is.EqualTo(new Post(4, "https://example.org/1", "Zoe", "Look.", Bob.Identity, Bob.Name, Now))
        );
        Assert.That(After(room, Take(Bob), TakeDown(As(Bob), first)).Posts, Is.EqualTo([second]));
        Refused(room, TakeDown(As(Bob), second), RefusalCode.PermissionDenied, "whoever shared it");
        Assert.That(After(room, TakeDown(Host, first), TakeDown(Host, second)).Posts, Is.Empty);
        Refused(After(room, TakeDown(Host, first)), TakeDown(Host, first), RefusalCode.NotFound, "no such post");
    }

    [Test]
    public void A_room_keeps_the_twenty_newest_posts()
    {
        var room = After(Live, Enumerable.Repeat(Share(Ada), 21));

        Assert.That(room.Posts.Select(post => post.Number), Is.EqualTo(Enumerable.Range(4, 20)));
    }

    [TestCase("http://example.org", "Zoe", "Look.", "url")]
    [TestCase("javascript:alert(1)", "Zoe", "Look.", "url")]
    [TestCase("https://ada:secret@example.org", "Zoe", "Look.", "url")]
    [TestCase("example.org", "Zoe", "Look.", "url")]
    [TestCase("https://example.org", "", "Look.", "author")]
    [TestCase("https://example.org", "Zoe", "\a", "text")]
    public void A_post_that_cannot_be_shown_is_refused(string url, string author, string text, string because) =>
        Refused(Live, new RoomCommand.SharePost(Host, url, author, text, Now), RefusalCode.InvalidArgument, because);

    [TestCase(500, 2_000, true)]
    [TestCase(501, 2_000, false)]
    [TestCase(500, 2_001, false)]
    public void A_post_has_its_limits(int textLength, int urlLength, bool accepted)
    {
        var url = "https://example.org/".PadRight(urlLength, 'x');
        var share = new RoomCommand.SharePost(Host, url, "Zoe", new string('x', textLength), Now);

        Assert.That(Live.Decide(share).Refusal is null, Is.EqualTo(accepted));
    }

    private static RoomCommand.SharePost Share(Person person) =>
        new(As(person), "https://example.org/1", "Zoe", "Look.", Now);

    private static RoomCommand.TakeDownPost TakeDown(Actor actor, Post post) => new(actor, post.Number, Now);
}
