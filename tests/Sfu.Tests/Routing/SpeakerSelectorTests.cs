namespace Spaces.Sfu.Tests.Routing;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SpeakerSelectorTests
{
    private const uint Ada = 1;
    private const uint Ben = 2;
    private const uint Cleo = 3;
    private const uint Dan = 4;
    private const uint Eve = 5;
    private const int FramesPerSecond = 50;

    private readonly RoutingWorld _world = new();

    [SetUp]
    public void SetUp()
    {
        foreach (var speaker in new[] { Ada, Ben, Cleo, Dan })
        {
            _world.Join(speaker);
        }

        _world.Join(Eve, mayPublish: false);
    }

    private List<RoutingWorld.Packet> Heard => _world.Received[Eve].Packets;

    [Test]
    public void An_empty_slot_is_taken_with_the_first_packet()
    {
        _world.Speak(Ada);
        _world.Speak(Ben);
        Assert.That(Heard.Select(packet => packet.Speaker), Is.EqualTo(new[] { Ada, Ben }));
        Assert.That(Heard.Select(packet => packet.Ssrc), Is.EqualTo(new[] { 1000u, 1001u }));
    }

    [Test]
    public void Equal_voices_do_not_push_each_other_out()
    {
        for (var i = 0; i < 20 * FramesPerSecond; i++)
        {
            _world.Speak(Ada, Ben, Cleo, Dan);
        }

        Assert.That(_world.Received[Eve].Speakers, Is.EqualTo(new[] { Ada, Ben, Cleo }));
    }

    [Test]
    public void Who_is_silent_keeps_the_slot_while_nobody_needs_it()
    {
        _world.Speak(Ada, Ben, Cleo);
        _world.Pause(TimeSpan.FromSeconds(30));
        Heard.Clear();
        _world.Speak(Cleo);
        Assert.That(Heard[0].Ssrc, Is.EqualTo(RoutingWorld.SsrcOf(2)));
    }

    [Test]
    public void Who_is_silent_gives_way_as_soon_as_somebody_speaks()
    {
        for (var i = 0; i < FramesPerSecond; i++)
        {
            _world.Speak(Ada, Ben, Cleo);
        }

        _world.Pause(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
        {
            _world.Speak(Dan);
        }

        Assert.That(_world.Received[Eve].Speakers, Does.Contain(Dan));
    }

    [Test]
    public void Who_is_clearly_louder_gets_a_slot_within_half_a_second()
    {
        for (var i = 0; i < FramesPerSecond; i++)
        {
            _world.Speak(level: 50, Ada, Ben, Cleo);
        }

        for (var i = 0; i < FramesPerSecond / 2; i++)
        {
            _world.Say(Dan, level: 25);
            _world.Speak(level: 50, Ada, Ben, Cleo);
        }

        Assert.That(_world.Received[Eve].Speakers, Does.Contain(Dan));
    }

    [Test]
    public void Silence_that_claims_to_be_loud_gets_no_slot()
    {
        for (var i = 0; i < 5 * FramesPerSecond; i++)
        {
            _world.Say(Dan, level: 0, payloadLength: 1);
            _world.Speak(level: 40, Ada);
        }

        Assert.That(_world.Received[Eve].Speakers, Is.EqualTo(new[] { Ada }));
    }

    [Test]
    public void Levels_forged_by_all_who_hold_slots_do_not_silence_an_honest_speaker()
    {
        for (var i = 0; i < 30 * FramesPerSecond; i++)
        {
            _world.Speak(level: 0, Ada, Ben, Cleo);
        }

        for (var i = 0; i < FramesPerSecond / 2; i++)
        {
            _world.Say(Dan, level: (byte)(30 + (i % 5)));
            _world.Speak(level: 0, Ada, Ben, Cleo);
        }

        Assert.That(_world.Received[Eve].Speakers, Does.Contain(Dan));
    }

    [Test]
    public void No_claim_makes_a_slot_change_hands_more_than_twice_a_second_for_one_participant()
    {
        const int seconds = 20;
        for (var i = 0; i < seconds * FramesPerSecond; i++)
        {
            _world.Say(Dan, level: (byte)(i / 5 % 2 == 0 ? 0 : 70));
            _world.Speak(level: (byte)(30 + (i / 5 % 2 * 30)), Ada, Ben, Cleo);
        }

        var takes = Heard
            .GroupBy(packet => packet.Ssrc)
            .Sum(slot => slot.Zip(slot.Skip(1)).Count(pair => pair.First.Speaker != Dan && pair.Second.Speaker == Dan));
        Assert.That(takes, Is.LessThanOrEqualTo((2 * seconds) + 1));
    }
}
