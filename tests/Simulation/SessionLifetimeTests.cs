using Spaces.Sfu.Tests.Peer;
using Spaces.V1;

namespace Spaces.Simulation;

/// <summary>How sessions end by themselves, and that they do not end without need; in virtual time.</summary>
[TestFixture]
internal sealed class SessionLifetimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void A_session_that_never_connects_is_lost_after_30_seconds()
    {
        using var world = new World(seed: 1, LinkConditions.Good);
        var stays = world.Join("room", Scenario.Speaker);
        var never = world.Join("room", Scenario.Speaker);
        never.IsDead = true;

        world.Run(29 * Second);
        Assert.That(world.Lost, Is.Empty);

        world.Run(2 * Second);
        Assert.That(
            world.Lost,
            Is.EqualTo(
                new Dictionary<string, SessionLostReason> { [never.SessionId] = SessionLostReason.ConsentExpired }
            )
        );
        Assert.That(world.Table.SessionCount, Is.EqualTo(1));
        Assert.That(stays.IsConnected);
    }

    [Test]
    public void A_client_that_vanishes_is_lost_after_30_seconds_and_nothing_is_sent_to_it_after()
    {
        using var world = new World(seed: 1, LinkConditions.Good);
        var ada = world.Join("room", Scenario.Speaker);
        var ben = world.Join("room", Scenario.Speaker);
        ada.IsTalking = true;
        world.Run(5 * Second);
        Assert.That(ben.Heard, Contains.Key(ada.MediaId));

        ben.IsDead = true; // From here on the watch on what the node sends is the test.
        world.Run(40 * Second);
        Assert.That(world.Lost, Contains.Key(ben.SessionId).WithValue(SessionLostReason.ConsentExpired));
        Assert.That(ada.IsConnected);
    }

    [Test]
    public void Five_seconds_without_network_or_a_new_address_end_nothing()
    {
        using var world = new World(seed: 3, LinkConditions.Lossy(0.05));
        var ada = world.Join("room", Scenario.Speaker);
        var ben = world.Join("room", Scenario.Listener);
        ada.IsTalking = true;
        for (var i = 0; i < 10; i++)
        {
            ben.IsOffline = true;
            world.Run(5 * Second);
            ben.IsOffline = false;
            ada.Rebind();
            ben.Rebind();
            world.Run(15 * Second);
            ben.ForgetHeard();
            world.Run(Second);
            Assert.That(ben.Heard, Contains.Key(ada.MediaId), $"Round {i}");
        }

        Assert.That(world.Lost, Is.Empty);
    }

    [Test]
    public void A_storm_of_joins_costs_those_who_are_in_not_one_packet()
    {
        using var world = new World(seed: 1, LinkConditions.Good);
        var ada = world.Join("room", Scenario.Speaker);
        var ben = world.Join("room", Scenario.Listener);
        world.Run(2 * Second);
        ada.IsTalking = true;
        world.Run(Second);
        world.Handshakes.StepMax = TimeSpan.FromMilliseconds(100); // Forty joins queue for seconds.
        ben.ForgetHeard();
        var from = world.Now;
        var joiners = Enumerable.Range(0, 40).Select(_ => world.Join("room", Scenario.Listener)).ToArray();
        world.Run(5 * Second);

        var expected = 50 * (world.Now - from).TotalSeconds;
        Assert.That(ben.Heard[ada.MediaId], Is.EqualTo(expected).Within(3));
        world.Run(15 * Second);
        Assert.That(joiners.Count(joiner => joiner.IsConnected), Is.EqualTo(joiners.Length));
    }

    [Test]
    public void A_room_that_everybody_left_leaves_nothing_behind()
    {
        using var world = new World(seed: 1, LinkConditions.Good);
        var peers = Enumerable.Range(0, 10).Select(_ => world.Join("room", Scenario.Speaker)).ToArray();
        world.Run(2 * Second);
        Array.ForEach(peers, world.Leave);
        world.Run(Second);

        Assert.That((world.Table.SessionCount, world.Table.RoomCount), Is.EqualTo((0, 0)));
    }
}
