using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomRouterTests
{
    private const uint Ada = 1;
    private const uint Ben = 2;
    private const uint Cleo = 3;
    private const uint Dan = 4;
    private const uint Eve = 5;

    private readonly RoutingWorld _world = new();

    [Test]
    public void Four_speakers_hear_the_three_others_and_never_themselves()
    {
        foreach (var speaker in new[] { Ada, Ben, Cleo, Dan })
        {
            _world.Join(speaker);
        }

        _world.Join(Eve, mayPublish: false);
        for (var i = 0; i < 50; i++)
        {
            _world.Speak(Ada, Ben, Cleo, Dan);
        }

        Assert.Multiple(() =>
        {
            Assert.That(_world.Received[Ada].Speakers, Is.EqualTo(new[] { Ben, Cleo, Dan }));
            Assert.That(_world.Received[Ben].Speakers, Is.EqualTo(new[] { Ada, Cleo, Dan }));
            Assert.That(_world.Received[Cleo].Speakers, Is.EqualTo(new[] { Ada, Ben, Dan }));
            Assert.That(_world.Received[Dan].Speakers, Is.EqualTo(new[] { Ada, Ben, Cleo }));
            Assert.That(_world.Received[Eve].Speakers, Is.EqualTo(new[] { Ada, Ben, Cleo }));
        });
        AssertEverybodysStreamsRunOn();
    }

    [Test]
    public void Who_holds_a_slot_hears_the_spare_in_that_very_slot()
    {
        foreach (var speaker in new[] { Ada, Ben, Cleo, Dan })
        {
            _world.Join(speaker);
        }

        for (var i = 0; i < 10; i++)
        {
            _world.Speak(Ada, Ben, Cleo, Dan);
        }

        var dansPackets = _world.Received[Ben].Packets.Where(packet => packet.Speaker == Dan);
        Assert.That(dansPackets.Select(packet => packet.Ssrc).Distinct(), Is.EqualTo(new[] { RoutingWorld.SsrcOf(1) }));
    }

    [Test]
    public void Over_a_thousand_changes_of_speaker_every_slot_runs_on()
    {
        var random = new Random(3);
        uint[] speakers = [.. Enumerable.Range(1, 12).Select(i => (uint)i)];
        foreach (var speaker in speakers)
        {
            _world.Join(speaker);
        }

        _world.Join(100, mayPublish: false);
        _world.Join(101, mayPublish: false, slots: 1);
        for (var change = 0; change < 1000; change++)
        {
            random.Shuffle(speakers);
            var active = speakers.AsSpan(0, 1 + random.Next(4));
            for (var frame = 0; frame < 30; frame++)
            {
                _world.Speak(active);
            }

            if (random.Next(4) == 0)
            {
                _world.Pause(TimeSpan.FromMilliseconds(random.Next(3000)));
            }
        }

        AssertEverybodysStreamsRunOn();
        var changes = _world.Received[101].Packets;
        var count = changes
            .Zip(changes.Skip(1), (before, after) => before.Speaker != after.Speaker)
            .Count(isOne => isOne);
        Assert.That(count, Is.GreaterThan(500));
    }

    [Test]
    public void A_revoked_right_stops_the_very_next_packet_and_frees_the_slot()
    {
        _world.Join(Ada);
        _world.Join(Eve, mayPublish: false);
        _world.Speak(Ada);
        Assert.That(_world.Received[Eve].Packets, Has.Count.EqualTo(1));

        _world.Router.SetPublishing(Ada, mayPublish: false);
        _world.Speak(Ada);
        Assert.That(_world.Received[Eve].Packets, Has.Count.EqualTo(1));
        Assert.That(_world.Router.DroppedForbidden, Is.EqualTo(1));

        _world.Router.SetPublishing(Ada, mayPublish: true);
        _world.Speak(Ada);
        Assert.That(_world.Received[Eve].Packets, Has.Count.EqualTo(2));
        AssertEverybodysStreamsRunOn();
    }

    [Test]
    public void A_participant_nobody_announced_is_not_heard()
    {
        _world.Join(Eve, mayPublish: false);
        _world.Router.Route(new AudioPacket(77, 1, 1, false, 20, new byte[50]), _world.Now);
        Assert.That(_world.Received[Eve].Packets, Is.Empty);
    }

    [Test]
    public void What_is_lost_on_the_way_in_is_a_gap_on_the_way_out()
    {
        _world.Join(Ada);
        _world.Join(Eve, mayPublish: false);
        foreach (var index in new[] { 0, 1, 4, 3, 5 })
        {
            var number = (ushort)(ushort.MaxValue - 1 + index);
            var packet = new AudioPacket(Ada, number, (uint)index * 960, false, 20, new byte[50]);
            _world.Router.Route(packet, _world.Now);
        }

        var numbers = _world
            .Received[Eve]
            .Packets.Select(packet => (ushort)(packet.SequenceNumber - First()))
            .ToArray();
        Assert.That(numbers, Is.EqualTo(new ushort[] { 0, 1, 4, 3, 5 }));

        ushort First() => _world.Received[Eve].Packets[0].SequenceNumber;
    }

    [Test]
    public void Swapped_packets_reach_every_listener_encrypted_with_their_own_numbers()
    {
        var transports = new[] { new SecureTransport(), new SecureTransport() };
        var audience = new RoomAudience();
        for (var i = 0; i < transports.Length; i++)
        {
            audience.Add(new Listener(50 + (uint)i, [new SlotFormat(1000, 111)], transports[i], new Random(i)));
            _world.Router.AttachListener(1, audience);
        }

        _world.Router.SetPublishing(Ada, mayPublish: true);
        foreach (var index in new[] { 0, 1, 3, 2, 4 })
        {
            var packet = new AudioPacket(Ada, (ushort)(65_533 + index), (uint)index * 960, false, 20, new byte[50]);
            _world.Router.Route(packet, _world.Now);
        }

        foreach (var transport in transports)
        {
            var numbers = transport.Opened.Select(number => (ushort)(number - transport.Opened[0]));
            Assert.That(numbers, Is.EqualTo(new ushort[] { 0, 1, 3, 2, 4 }));
            transport.Dispose();
        }
    }

    [Test]
    public void The_first_packet_of_a_speaker_carries_the_marker()
    {
        _world.Join(Ada);
        _world.Join(Eve, mayPublish: false, slots: 1);
        _world.Speak(Ada);
        _world.Speak(Ada);
        Assert.That(_world.Received[Eve].Packets.Select(packet => packet.HasMarker), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public void A_listeners_first_number_is_random_and_far_from_the_wrap()
    {
        _world.Join(Ada);
        for (uint i = 100; i < 200; i++)
        {
            _world.Join(i, mayPublish: false);
        }

        _world.Speak(Ada);

        var numbers = _world.Received.Where(entry => entry.Key != Ada).Select(e => e.Value.Packets[0].SequenceNumber);
        Assert.That(numbers, Has.All.LessThan(1 << 15));
        Assert.That(numbers.Distinct().Count(), Is.GreaterThan(90));
    }

    [Test]
    public void Who_stops_listening_and_comes_back_misses_no_number()
    {
        _world.Join(Ada);
        var eve = _world.Join(Eve, mayPublish: false);
        _world.Speak(Ada);
        _world.StopListening(eve);
        _world.Speak(Ada);
        _world.Listen(eve);
        _world.Speak(Ada);

        Assert.That(_world.Received[Eve].Packets, Has.Count.EqualTo(2));
        AssertEverybodysStreamsRunOn();
    }

    [Test]
    public void A_room_that_all_have_left_is_empty()
    {
        var ada = _world.Join(Ada);
        Assert.That(_world.Router.IsEmpty, Is.False);
        _world.Leave(ada);
        Assert.That(_world.Router.IsEmpty);
    }

    /// <summary>No gap, no repetition, time that never runs back.</summary>
    private void AssertEverybodysStreamsRunOn()
    {
        foreach (var (listener, transport) in _world.Received)
        {
            Assert.That(transport.Packets.Select(packet => packet.Speaker), Has.None.EqualTo(listener));
            foreach (var slot in transport.Packets.GroupBy(packet => packet.Ssrc))
            {
                RoutingWorld.Packet? last = null;
                foreach (var packet in slot)
                {
                    if (last is not null)
                    {
                        Assert.That(packet.SequenceNumber, Is.EqualTo((ushort)(last.SequenceNumber + 1)));
                        Assert.That((int)(packet.Timestamp - last.Timestamp), Is.GreaterThanOrEqualTo(960));
                    }

                    last = packet;
                }
            }
        }
    }
}
