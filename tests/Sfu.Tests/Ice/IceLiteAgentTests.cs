using System.Text;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Stun;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Sfu.Tests.Ice;

[TestFixture]
public sealed class IceLiteAgentTests
{
    private static readonly IceCredentials Local = PeerPair.Credentials(new Random(1));
    private static readonly IceCredentials Renewed = PeerPair.Credentials(new Random(2));
    private static readonly IceCredentials Remote = PeerPair.Credentials(new Random(3));
    private static readonly NetworkPath Home = Addresses.Path(host: 10);
    private static readonly NetworkPath Mobile = Addresses.Path(host: 20);
    private static readonly NetworkPath Attacker = Addresses.Path(host: 66);

    private IceLiteAgent _agent = null!;

    [SetUp]
    public void SetUp() => _agent = new IceLiteAgent(Local);

    [Test]
    public void A_check_is_answered_with_the_address_it_came_from()
    {
        Assert.That(_agent.HandleDatagram(At(0), Home, Checks.To(Local, seed: 1)), Is.True);

        Assert.That(_agent.TryDequeueTransmit(out var transmit), Is.True);
        Assert.That(transmit.Path, Is.EqualTo(Home));
        Assert.That(StunMessage.TryParse(transmit.Payload.Span, out var answer), Is.True);
        Assert.That(answer.Type, Is.EqualTo(StunMessageType.BindingSuccess));
        Assert.That(answer.HasValidIntegrity(Encoding.ASCII.GetBytes(Local.Password)), Is.True);
        Assert.That(answer.TryGetXorMappedAddress(out var address), Is.True);
        Assert.That(address, Is.EqualTo(Home.Remote));
    }

    [Test]
    public void A_check_without_nomination_authenticates_its_path_and_selects_nothing()
    {
        _agent.HandleDatagram(At(0), Home, Checks.To(Local, seed: 1, useCandidate: false));

        Assert.That(_agent.IsAuthenticated(Home), Is.True);
        Assert.That(_agent.IsAuthenticated(Mobile), Is.False);
        Assert.That(_agent.SelectedPath, Is.Null);
    }

    [Test]
    public void A_nomination_selects_and_a_later_one_moves()
    {
        _agent.HandleDatagram(At(0), Home, Checks.To(Local, seed: 1));
        _agent.HandleDatagram(At(1), Mobile, Checks.To(Local, seed: 2));

        Assert.That(_agent.SelectedPath, Is.EqualTo(Mobile));
        Assert.That(
            Events(),
            Is.EqualTo(new IceEvent[] { new IceEvent.Selected(Home), new IceEvent.Selected(Mobile) })
        );
    }

    [Test]
    public void Unauthenticated_checks_get_no_answer_and_change_nothing()
    {
        var wrongPassword = Local with { Password = Remote.Password };
        var wrongUfrag = Local with { Ufrag = Remote.Ufrag };
        var buffer = new byte[100];
        var bare = new StunMessageWriter(buffer, StunMessageType.BindingRequest, new byte[12]);
        bare.Add(StunAttribute.Username, Encoding.ASCII.GetBytes($"{Local.Ufrag}:x"));
        bare.AddFingerprint();

        Assert.That(_agent.HandleDatagram(At(0), Home, Checks.To(wrongPassword, seed: 1)), Is.False);
        Assert.That(_agent.HandleDatagram(At(0), Home, Checks.To(wrongUfrag, seed: 1)), Is.False);
        Assert.That(_agent.HandleDatagram(At(0), Home, buffer.AsSpan(0, bare.Length)), Is.False);
        Assert.That(_agent.TryDequeueTransmit(out _), Is.False);
        Assert.That(_agent.IsAuthenticated(Home), Is.False);
    }

    [Test]
    public void Of_a_hundred_thousand_guessed_usernames_none_is_answered()
    {
        var random = new Random(7);
        var check = Checks.To(Local, seed: 1);
        for (var i = 0; i < 100_000; i++)
        {
            random.NextBytes(check.AsSpan(24, Local.Ufrag.Length));
            Assert.That(_agent.HandleDatagram(At(0), Attacker, check), Is.False);
        }

        Assert.That(_agent.TryDequeueTransmit(out _), Is.False);
    }

    [Test]
    public void No_answer_is_longer_than_its_check()
    {
        foreach (var role in new[] { StunAttribute.IceControlling, StunAttribute.IceControlled, (StunAttribute)0x7FFE })
        {
            var check = Checks.To(Local, seed: 1, role: role);
            Assert.That(_agent.HandleDatagram(At(0), Home, check), Is.True);
            Assert.That(_agent.TryDequeueTransmit(out var transmit), Is.True);
            Assert.That(transmit.Payload.Length, Is.LessThanOrEqualTo(check.Length));
        }
    }

    [TestCase(StunAttribute.IceControlled, 487)]
    [TestCase((StunAttribute)0x7FFE, 420)]
    public void A_check_that_cannot_be_followed_is_refused_and_selects_nothing(StunAttribute attribute, int code)
    {
        _agent.HandleDatagram(At(0), Home, Checks.To(Local, seed: 1, role: attribute));

        Assert.That(_agent.TryDequeueTransmit(out var transmit), Is.True);
        Assert.That(StunMessage.TryParse(transmit.Payload.Span, out var answer), Is.True);
        Assert.That(answer.Type, Is.EqualTo(StunMessageType.BindingError));
        Assert.That(answer.ErrorCode, Is.EqualTo(code));
        Assert.That(_agent.SelectedPath, Is.Null);
        Assert.That(_agent.IsAuthenticated(Home), Is.False);
    }

    [Test]
    public void A_replayed_nomination_moves_nothing_until_the_path_proves_itself()
    {
        var captured = Checks.To(Local, seed: 1);
        _agent.HandleDatagram(At(0), Home, captured);

        _agent.HandleDatagram(At(5), Attacker, captured);
        Assert.That(_agent.SelectedPath, Is.EqualTo(Home));

        _agent.HandleProof(Mobile);
        Assert.That(_agent.SelectedPath, Is.EqualTo(Home), "proof of a path that asked for nothing");

        _agent.HandleProof(Attacker);
        Assert.That(_agent.SelectedPath, Is.EqualTo(Attacker), "SRTP that the peer alone can make came from there");
    }

    [Test]
    public void After_three_hours_a_move_is_still_followed_at_its_first_check_and_the_oldest_replay_still_known()
    {
        var first = Checks.To(Local, seed: 1);
        _agent.HandleDatagram(At(0), Home, first);
        var seed = 1;
        var second = 0.0;
        for (; second < 3 * 3600; second += 2.5)
        {
            _agent.HandleDatagram(At(second), Home, Checks.To(Local, ++seed));
        }

        var followed = 0;
        for (var move = 0; move < 100; move++)
        {
            second += 5;
            var path = move % 2 == 0 ? Mobile : Home;
            _agent.HandleDatagram(At(second), path, Checks.To(Local, ++seed));
            followed += _agent.SelectedPath == path ? 1 : 0;
            _agent.HandleDatagram(At(second + 2.5), path, Checks.To(Local, ++seed));
            _agent.HandleDatagram(At(second + 2.5), Attacker, first);
            Assert.That(_agent.SelectedPath, Is.Not.EqualTo(Attacker));
        }

        Assert.That(followed, Is.GreaterThanOrEqualTo(90));
    }

    [Test]
    public void A_replay_cannot_inherit_the_path_of_a_peer_gone_silent()
    {
        var captured = Checks.To(Local, seed: 1);
        _agent.HandleDatagram(At(0), Home, captured);
        for (var second = 1; second < 40; second++)
        {
            _agent.HandleDatagram(At(second), Attacker, captured);
            _agent.HandleTimeout(At(second));
            Assert.That(_agent.SelectedPath, Is.Not.EqualTo(Attacker));
        }

        Assert.That(
            Events(),
            Is.EqualTo(new IceEvent[] { new IceEvent.Selected(Home), new IceEvent.ConsentExpired() })
        );
    }

    [Test]
    public void A_peer_moves_at_most_five_times_in_ten_seconds()
    {
        for (var i = 0; i < 20; i++)
        {
            _agent.HandleDatagram(At(0.1 * i), i % 2 == 0 ? Home : Mobile, Checks.To(Local, seed: i));
        }

        Assert.That(Events(), Has.Count.EqualTo(5));
        _agent.HandleDatagram(At(11), Mobile, Checks.To(Local, seed: 100));
        Assert.That(_agent.SelectedPath, Is.EqualTo(Mobile));
    }

    [Test]
    public void Of_many_authenticated_paths_eight_are_kept_and_always_the_selected_one()
    {
        _agent.HandleDatagram(At(0), Home, Checks.To(Local, seed: 1));
        for (var i = 1; i <= 20; i++)
        {
            _agent.HandleDatagram(
                At(0.1 * i),
                Addresses.Path(100 + i),
                Checks.To(Local, seed: 1 + i, useCandidate: false)
            );
        }

        Assert.That(_agent.IsAuthenticated(Home), Is.True);
        Assert.That(Enumerable.Range(101, 20).Count(i => _agent.IsAuthenticated(Addresses.Path(i))), Is.EqualTo(7));
        Assert.That(_agent.IsAuthenticated(Addresses.Path(120)), Is.True);
    }

    [Test]
    public void Consent_lasts_30_seconds_after_the_last_check_and_no_longer()
    {
        _agent.HandleDatagram(At(0), Home, Checks.To(Local, seed: 1));
        _agent.HandleDatagram(At(10), Home, Checks.To(Local, seed: 2, useCandidate: false));
        Assert.That(_agent.NextTimeout, Is.EqualTo(At(40)));

        _agent.HandleTimeout(At(39.999));
        Assert.That(_agent.SelectedPath, Is.EqualTo(Home));

        _agent.HandleTimeout(At(40));
        Assert.That(_agent.SelectedPath, Is.Null);
        Assert.That(_agent.IsAuthenticated(Home), Is.False);
        Assert.That(Events()[^1], Is.EqualTo(new IceEvent.ConsentExpired()));
        Assert.That(_agent.HandleDatagram(At(41), Home, Checks.To(Local, seed: 3)), Is.False, "needs a restart");
    }

    [Test]
    public void A_silent_path_gives_way_to_one_that_is_checked()
    {
        _agent.HandleDatagram(At(0), Home, Checks.To(Local, seed: 1));
        for (var second = 2; second <= 14; second += 4)
        {
            var check = Checks.To(Local, seed: 10 + second, useCandidate: false);
            _agent.HandleDatagram(At(second), Mobile, check);
        }

        _agent.HandleTimeout(At(14));
        Assert.That(_agent.SelectedPath, Is.EqualTo(Mobile));
    }

    [Test]
    public void After_a_restart_old_credentials_are_good_until_the_first_check_with_the_new_ones()
    {
        _agent.HandleDatagram(At(0), Home, Checks.To(Local, seed: 1));
        _agent.Restart(At(1), Renewed, Remote);

        Assert.That(_agent.HandleDatagram(At(2), Home, Checks.To(Local, seed: 2)), Is.True);
        Assert.That(_agent.SelectedPath, Is.EqualTo(Home));
        Assert.That(_agent.HandleDatagram(At(3), Mobile, Checks.To(Renewed, seed: 3)), Is.True);
        Assert.That(_agent.SelectedPath, Is.EqualTo(Mobile));
        Assert.That(_agent.HandleDatagram(At(4), Home, Checks.To(Local, seed: 4)), Is.False);
    }

    [Test]
    public void Nothing_is_ever_sent_unasked()
    {
        for (var second = 0; second < 100; second++)
        {
            _agent.HandleTimeout(At(second));
        }

        Assert.That(_agent.TryDequeueTransmit(out _), Is.False);
    }

    private static Instant At(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    private List<IceEvent> Events()
    {
        var events = new List<IceEvent>();
        while (_agent.TryDequeueEvent(out var iceEvent))
        {
            events.Add(iceEvent);
        }

        return events;
    }
}
