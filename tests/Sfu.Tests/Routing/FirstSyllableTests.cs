namespace Spaces.Sfu.Tests.Routing;

/// <summary>Goal: whoever begins to speak is heard soon, and from the first syllable.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FirstSyllableTests
{
    private const uint Dan = 4;
    private const uint Eve = 5;
    private const byte Quiet = 75;
    private const byte Soft = 60;
    private const byte Loud = 20;

    private static readonly uint[] Others = [1, 2, 3];

    private readonly RoutingWorld _world = new();

    [SetUp]
    public void SetUp()
    {
        foreach (var speaker in Others.Append(Dan))
        {
            _world.Join(speaker);
        }

        _world.Join(Eve, mayPublish: false);
    }

    [Test]
    public void A_voice_that_begins_softly_is_heard_whole_when_the_slots_were_others([Range(1, 12)] int softFrames)
    {
        FillTheSlots();
        var began = _world.SaidBy(Dan);
        var heardWithin = Utter(softFrames, others: Quiet);

        Assert.That(HeardFrames(Eve, since: began), Is.EqualTo(Enumerable.Range(0, heardWithin.Frames)));
        Assert.That(heardWithin.FirstHeardAfter, Is.LessThanOrEqualTo(softFrames * 20 + 60), "ms until first heard");
    }

    [Test]
    public void Who_speaks_up_among_three_who_speak_is_heard_within_200_ms_from_the_beginning()
    {
        FillTheSlots();
        var began = _world.SaidBy(Dan);
        var utterance = Utter(softFrames: 0, others: 45);

        Assert.That(utterance.FirstHeardAfter, Is.LessThanOrEqualTo(200));
        Assert.That(HeardFrames(Eve, since: began), Is.EqualTo(Enumerable.Range(0, utterance.Frames)));
    }

    [Test]
    public void Those_who_heard_it_by_the_spare_do_not_hear_it_twice()
    {
        FillTheSlots();
        var began = _world.SaidBy(Dan);
        var utterance = Utter(softFrames: 5, others: Quiet);

        foreach (var listener in Others)
        {
            var heard = HeardFrames(listener, began);
            Assert.That(heard, Is.Unique, $"Listener {listener}");
            Assert.That(heard[^1], Is.EqualTo(utterance.Frames - 1));
        }
    }

    [Test]
    public void Who_was_talked_down_for_long_is_not_repeated_when_a_slot_comes_free()
    {
        FillTheSlots();
        for (var i = 0; i < 100; i++)
        {
            _world.Say(Dan, level: 40);
            _world.Speak(level: 35, Others);
        }

        var before = _world.SaidBy(Dan);
        _world.Received[Eve].Packets.Clear();
        for (var i = 0; i < 100; i++)
        {
            _world.Speak(level: 40, Dan);
        }

        Assert.That(HeardFrames(Eve, before), Has.All.GreaterThanOrEqualTo(0));
    }

    [Test]
    public void Every_slot_runs_on_through_replays()
    {
        var random = new Random(1);
        for (var change = 0; change < 1000; change++)
        {
            var speaker = 1 + (uint)random.Next(4);
            var soft = random.Next(10);
            for (var frame = 0; frame < soft + 10; frame++)
            {
                foreach (var other in Others.Append(Dan).Where(other => other != speaker))
                {
                    _world.Say(other, Quiet);
                }

                _world.Speak(frame < soft ? Soft : Loud, speaker);
            }
        }

        foreach (var slot in _world.Received[Eve].Packets.GroupBy(packet => packet.Ssrc))
        {
            foreach (var (last, next) in slot.Zip(slot.Skip(1)))
            {
                Assert.That(next.SequenceNumber, Is.EqualTo((ushort)(last.SequenceNumber + 1)));
                Assert.That((int)(next.Timestamp - last.Timestamp), Is.GreaterThanOrEqualTo(960));
            }
        }

        Assert.That(_world.Received[Eve].Packets.Count(packet => packet.HasMarker), Is.GreaterThan(200));
    }

    private void FillTheSlots()
    {
        for (var i = 0; i < 100; i++)
        {
            _world.Say(Dan, Quiet);
            _world.Speak(level: 30, Others);
        }

        for (var i = 0; i < 50; i++)
        {
            _world.Say(Dan, Quiet);
            _world.Speak(Quiet, Others);
        }

        Array.ForEach([.. _world.Received.Values], transport => transport.Packets.Clear());
    }

    private (int Frames, double FirstHeardAfter) Utter(int softFrames, byte others)
    {
        var frames = softFrames + 20;
        var began = _world.Now;
        double? heardAfter = null;
        for (var i = 0; i < frames; i++)
        {
            foreach (var other in Others)
            {
                _world.Say(other, others);
            }

            _world.Say(Dan, i < softFrames ? Soft : Loud);
            var isHeard = _world.Received[Eve].Packets.Exists(packet => packet.Speaker == Dan);
            heardAfter ??= isHeard ? (_world.Now - began).TotalMilliseconds : null;
            _world.Now += RoutingWorld.FrameDuration;
        }

        return (frames, heardAfter ?? double.MaxValue);
    }

    /// <summary>Dan's frames that a listener got, in order of play, 0 being the first since.</summary>
    private int[] HeardFrames(uint listener, int since) =>
        [
            .. _world
                .Received[listener]
                .Packets.Where(packet => packet.Speaker == Dan)
                .Select(packet => packet.Frame - since)
                .Where(frame => frame >= 0),
        ];
}
