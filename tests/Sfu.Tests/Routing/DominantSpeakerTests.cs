namespace Spaces.Sfu.Tests.Routing;

/// <summary>Goal: the floor goes to who speaks, not to who coughs, and not away in a pause for breath.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DominantSpeakerTests
{
    private const uint Ada = 1;
    private const uint Ben = 2;
    private const uint Eve = 5;
    private const byte Quiet = 80;
    private const int FramesPerSecond = 50;

    private readonly RoutingWorld _world = new();

    [SetUp]
    public void SetUp()
    {
        _world.Join(Ada);
        _world.Join(Ben);
        _world.Join(Eve, mayPublish: false, slots: 1);
        Talk(Ada, seconds: 3);
    }

    private uint? Floor => _world.Router.DominantSpeaker;

    [Test]
    public void Who_speaks_alone_has_the_floor() => Assert.That(Floor, Is.EqualTo(Ada));

    [Test]
    public void A_cough_takes_no_floor_and_with_one_slot_not_the_slot()
    {
        _world.Received[Eve].Packets.Clear();
        for (var i = 0; i < 2 * FramesPerSecond; i++)
        {
            _world.Say(Ben, level: i is > 40 and < 52 ? (byte)10 : Quiet);
            Voice(Ada, i);
            _world.Now += RoutingWorld.FrameDuration;
        }

        Assert.That(Floor, Is.EqualTo(Ada));
        Assert.That(_world.Received[Eve].Speakers, Is.EqualTo(new[] { Ada }));
    }

    [Test]
    public void A_pause_for_breath_leaves_the_floor()
    {
        for (var i = 0; i < FramesPerSecond / 2; i++)
        {
            _world.Speak(Quiet, Ada, Ben);
        }

        Assert.That(Floor, Is.EqualTo(Ada));
    }

    [Test]
    public void Who_answers_has_the_floor_within_a_second_and_is_heard_within_200_ms()
    {
        Talk(Ben, seconds: 0.2, other: Ada);
        Assert.That(_world.Received[Eve].Speakers, Does.Contain(Ben));
        Talk(Ben, seconds: 0.8, other: Ada);
        Assert.That(Floor, Is.EqualTo(Ben));
    }

    [Test]
    public void Who_leaves_has_no_floor()
    {
        _world.Router.RemoveTrack(Ada);
        Assert.That(Floor, Is.Null);
        Talk(Ben, seconds: 1);
        Assert.That(Floor, Is.EqualTo(Ben));
    }

    [Test]
    public void A_steady_tone_that_claims_to_be_loud_loses_the_floor_to_speech()
    {
        for (var i = 0; i < 30 * FramesPerSecond; i++)
        {
            _world.Speak(level: 0, Ben);
        }

        for (var i = 0; i < 2 * FramesPerSecond; i++)
        {
            Voice(Ada, i);
            _world.Speak(level: 0, Ben);
        }

        Assert.That(Floor, Is.EqualTo(Ada));
    }

    [Test]
    public void Tiny_packets_that_claim_to_be_loud_take_neither_floor_nor_slot()
    {
        _world.Received[Eve].Packets.Clear();
        for (var i = 0; i < 5 * FramesPerSecond; i++)
        {
            _world.Say(Ben, level: 0, payloadLength: 7);
            Voice(Ada, i);
            _world.Now += RoutingWorld.FrameDuration;
        }

        Assert.That(Floor, Is.EqualTo(Ada));
        Assert.That(_world.Received[Eve].Speakers, Is.EqualTo(new[] { Ada }));
    }

    private void Talk(uint speaker, double seconds, uint? other = null)
    {
        for (var i = 0; i < seconds * FramesPerSecond; i++)
        {
            if (other is { } quiet)
            {
                _world.Say(quiet, Quiet);
            }

            Voice(speaker, i);
            _world.Now += RoutingWorld.FrameDuration;
        }
    }

    /// <summary>Syllables of 200 ms with short dips, as levels of speech are.</summary>
    private void Voice(uint speaker, int frame) => _world.Say(speaker, level: (byte)(frame % 12 < 10 ? 28 : 60));
}
