using System.Net;
using Spaces.Load.Media;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Sdp;

namespace Spaces.Load.Tests.Media;

/// <summary>Our offers, answered as the SFU does it, and the answers read back.</summary>
[TestFixture]
public sealed class OfferTests
{
    private static readonly IceCredentials ServerIce = IceCredentials.Generate();
    private static readonly IceCredentials ClientIce = IceCredentials.Generate();

    private DtlsCertificate _certificate = null!;

    [OneTimeSetUp]
    public void SetUp() => _certificate = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);

    [OneTimeTearDown]
    public void TearDown() => _certificate.Dispose();

    [Test]
    public void A_publisher_offers_one_microphone()
    {
        var session = AnswerTo(Offer.ToPublish(ClientIce, _certificate.Fingerprint, ssrc: 77));

        Assert.Multiple(() =>
        {
            Assert.That(session.Microphone?.AnnouncedSsrc, Is.EqualTo(77));
            Assert.That(session.Microphone?.OpusPayloadType, Is.EqualTo(Offer.OpusPayloadType));
            Assert.That(session.Microphone?.AudioLevelId, Is.EqualTo(Offer.AudioLevelExtensionId));
            Assert.That(session.Slots, Is.Empty);
            Assert.That(session.RemoteIce, Is.EqualTo(ClientIce));
        });
    }

    [Test]
    public void A_listener_offers_its_slots_and_no_microphone()
    {
        var session = AnswerTo(Offer.ToListen(ClientIce, _certificate.Fingerprint));

        Assert.Multiple(() =>
        {
            Assert.That(session.Microphone, Is.Null);
            Assert.That(session.Slots, Has.Count.EqualTo(Offer.SlotCount));
        });
    }

    [Test]
    public void The_answer_tells_how_to_reach_the_server()
    {
        var session = AnswerTo(Offer.ToListen(ClientIce, _certificate.Fingerprint));

        var answer = Answer.Read(session.Answer);

        Assert.Multiple(() =>
        {
            Assert.That(answer.Ice, Is.EqualTo(ServerIce));
            Assert.That(answer.Fingerprints, Is.EqualTo(new[] { _certificate.Fingerprint }));
            Assert.That(
                answer.Candidates,
                Is.EqualTo(new[] { Address("192.0.2.1", 40000), Address("192.0.2.2", 40001) })
            );
            Assert.That(answer.CandidateAt(host: null), Is.EqualTo(Address("192.0.2.1", 40000)));
            Assert.That(answer.CandidateAt(IPAddress.Parse("192.0.2.2")), Is.EqualTo(Address("192.0.2.2", 40001)));
        });
    }

    [TestCase("")]
    [TestCase("a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n")]
    [TestCase("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:1 1 tcp 1 192.0.2.1 9 typ host\n")]
    [TestCase("a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:1 1 udp 1 2001:db8::1 9 typ host\n")]
    public void An_answer_that_lacks_something_is_refused_with_what_it_lacks(string sdp) =>
        Assert.That(() => Answer.Read(sdp), Throws.TypeOf<FormatException>().With.Message.Contains("answer"));

    private AudioSession AnswerTo(string offer)
    {
        var options = new AudioAnswerOptions(
            ServerIce,
            _certificate.Fingerprint,
            [new HostCandidate("192.0.2.1", 40000), new HostCandidate("192.0.2.2", 40001)],
            [.. Enumerable.Range(1, Offer.SlotCount).Select(slot => new SlotIdentity((uint)slot, "c", "s", $"t{slot}"))]
        );
        Assert.That(AudioOfferAnswer.TryAnswer(offer, options, out var session, out var refusal), Is.True, refusal);
        return session!;
    }

    private static Spaces.Sfu.Protocol.TransportAddress Address(string ip, ushort port) =>
        IPv4.ToTransportAddress(IPv4.ToNumber(IPAddress.Parse(ip)), port);
}
