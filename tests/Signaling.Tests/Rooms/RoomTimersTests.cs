using Microsoft.Extensions.Logging.Abstractions;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Store;
using Spaces.Signaling.Store.Presence;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Rooms;

/// <summary>
/// Goal: turns and the wait for a host end on time, once, whichever node keeps the time. Method: nodes are rooms over
/// one store; the clock stands still until it is told to move.
/// </summary>
[TestFixture]
internal sealed class RoomTimersTests
{
    private static readonly Identity Ada = new("ada");
    private static readonly Identity Bob = new("bob");

    private readonly RoomId _id = new("lobby");
    private TestClock _clock = null!;
    private InMemoryRoomStore _store = null!;
    private SfuCluster _sfu = null!;
    private NodeMessenger _messenger = null!;
    private RoomTimers _timers = null!;
    private LiveRoom _room = null!;

    [SetUp]
    public void SetUp()
    {
        _clock = new TestClock(DateTimeOffset.UnixEpoch);
        _store = new InMemoryRoomStore();
        var self = new ClusterNode(isShared: false);
        _sfu = new SfuCluster(new SignalingOptions(), SfuTimings.Default, NullLogger<SfuCluster>.Instance);
        _messenger = new NodeMessenger(new InMemoryNodeChannel(), self, ClusterTimings.Default, _clock);
        var people = new RoomPeople(new InMemoryPresence(_clock), self, _sfu, _messenger);
        _timers = new RoomTimers(people, _clock);
        _room = Node(Room.Unopened(_id));
    }

    [TearDown]
    public void TearDown()
    {
        _messenger.Dispose();
        _sfu.Dispose();
    }

    [Test]
    public async Task A_turn_ends_when_its_time_is_up_and_the_speaker_is_a_listener_again()
    {
        await OpenAsync(new RoomPolicy(TurnSeconds: 30));
        await EnterAsync(Bob, maySpeak: true);

        await LookAfterAsync(TimeSpan.FromSeconds(29.9));
        Assert.That(_room.Current.Stage.Find(Bob)?.Role, Is.EqualTo(Role.Speaker));
        await LookAfterAsync(TimeSpan.FromSeconds(0.1));

        Assert.That(_room.Current.Stage.Find(Bob), Is.Null);
        Assert.That(_room.Current.RoleOf(Bob, tokenMaySpeak: true), Is.EqualTo(Role.Listener));
    }

    [Test]
    public async Task The_host_has_no_turn_and_muting_starts_no_new_one()
    {
        await OpenAsync(new RoomPolicy(TurnSeconds: 30));
        await EnterAsync(Bob, maySpeak: true);
        await LookAfterAsync(TimeSpan.FromSeconds(20));

        await _room.ExecuteAsync(new RoomCommand.Mute(Person(Bob), Muted: true, Now), CancellationToken.None);
        var left = _room.Clock.LeftOf(_room.Current.Stage.Find(Bob)!.Turn!);
        await LookAfterAsync(TimeSpan.FromSeconds(1_000));

        Assert.That(left, Is.EqualTo(TimeSpan.FromSeconds(10)));
        Assert.That(_room.Current.Stage.Select(member => member.Person.Identity), Is.EqualTo([Ada]));
    }

    [Test]
    public async Task The_end_of_a_turn_is_announced_once()
    {
        await OpenAsync(new RoomPolicy(TurnSeconds: 30));
        await EnterAsync(Bob, maySpeak: true);
        var turn = _room.Current.Stage.Find(Bob)!.Turn!;

        Assert.That(_room.Clock.TryAnnounceEnd(turn), Is.True);
        Assert.That(_room.Clock.TryAnnounceEnd(turn), Is.False);
    }

    [Test]
    public async Task Of_two_nodes_that_keep_the_time_one_ends_the_turn()
    {
        await OpenAsync(new RoomPolicy(TurnSeconds: 30));
        await EnterAsync(Bob, maySpeak: true);
        var other = Node((await _store.LoadAsync(_id, CancellationToken.None))!);
        other.Clock.Follow(other.Current);
        _clock.Advance(TimeSpan.FromSeconds(30));

        await Task.WhenAll(
            _timers.LookAsync(_room, CancellationToken.None),
            _timers.LookAsync(other, CancellationToken.None)
        );

        var log = (await _store.ReadEventsAsync(_id, 0, CancellationToken.None))!.Value;
        Assert.That(log.Count(happened => happened.Event is RoomEvent.StageLeft), Is.EqualTo(1));
        Assert.That(log.Select(happened => happened.Number), Is.EqualTo(Enumerable.Range(1, log.Length)));
    }

    [Test]
    public async Task A_node_that_takes_the_room_up_gives_the_full_time_and_compares_no_clock()
    {
        await OpenAsync(new RoomPolicy(TurnSeconds: 30));
        await EnterAsync(Bob, maySpeak: true);
        _clock.Advance(TimeSpan.FromHours(5));

        var other = Node((await _store.LoadAsync(_id, CancellationToken.None))!);
        await _timers.LookAsync(other, CancellationToken.None);

        Assert.That(other.Current.Stage.Find(Bob)?.Role, Is.EqualTo(Role.Speaker));
    }

    [TestCase(HostLeftRule.End)]
    [TestCase(HostLeftRule.ListenOnly)]
    public async Task Without_its_host_a_room_ends_or_only_listens_when_the_grace_is_over(HostLeftRule rule)
    {
        await OpenAsync(new RoomPolicy(OnHostLeft: rule, GraceSeconds: 60));
        await LeaveAsync(Ada);

        await LookAfterAsync(TimeSpan.FromSeconds(59));
        Assert.That(_room.Current, Is.Not.Null.And.Property(nameof(Room.State)).EqualTo(RoomState.Live));
        await LookAfterAsync(TimeSpan.FromSeconds(1));

        Assert.That(
            (_room.Current.State, _room.Current.EndReason, _room.Current.ListenOnly),
            Is.EqualTo(
                rule == HostLeftRule.End
                    ? (RoomState.Ended, RoomEndReason.HostLeft, false)
                    : (RoomState.Live, (RoomEndReason?)null, true)
            )
        );
    }

    [Test]
    public async Task An_heir_who_is_there_takes_over_and_a_host_who_returns_stays_host()
    {
        await OpenAsync(new RoomPolicy(GraceSeconds: 60));
        await EnterAsync(Bob, maySpeak: true);
        await _room.ExecuteAsync(
            new RoomCommand.AppointCoHost(new Actor(Ada), Bob, "bob", Person(Bob), Now),
            CancellationToken.None
        );
        await LeaveAsync(Ada);
        await LookAfterAsync(TimeSpan.FromSeconds(59));
        await EnterAsync(Ada, maySpeak: false);
        await LookAfterAsync(TimeSpan.FromSeconds(60));
        Assert.That(_room.Current.Host, Is.EqualTo(Ada), "back in time");

        await LeaveAsync(Ada);
        await LookAfterAsync(TimeSpan.FromSeconds(60));

        Assert.That(_room.Current.Host, Is.EqualTo(Bob));
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    private static Person Person(Identity identity) =>
        new(
            new ParticipantId($"{identity.Value}-1"),
            identity,
            identity.Value,
            new MediaId(identity.Value[0]),
            Muted: false
        );

    private LiveRoom Node(Room room) => new(room, _store, new Nobody(), _clock);

    private async Task OpenAsync(RoomPolicy policy)
    {
        var open = new RoomCommand.Open("Talk", Ada, "ada", Now) { Policy = policy };
        Assert.That(await _room.ExecuteAsync(open, CancellationToken.None), Is.Null);
        await EnterAsync(Ada, maySpeak: false);
    }

    private async Task EnterAsync(Identity who, bool maySpeak) =>
        Assert.That(
            await _room.ExecuteAsync(new RoomCommand.Enter(Person(who), maySpeak, Now), CancellationToken.None),
            Is.Null
        );

    private async Task LeaveAsync(Identity who) =>
        Assert.That(
            await _room.ExecuteAsync(new RoomCommand.Leave(Person(who).Id, Now), CancellationToken.None),
            Is.Null
        );

    private async Task LookAfterAsync(TimeSpan time)
    {
        _clock.Advance(time);
        await _timers.LookAsync(_room, CancellationToken.None);
    }

    /// <summary>Nobody is on these nodes, so nothing has to be done there.</summary>
    private sealed class Nobody : IRoomObserver
    {
        public void Followed(LiveRoom room, Room before, NumberedEvent happened) { }

        public void Jumped(LiveRoom room, Room before) { }
    }
}
