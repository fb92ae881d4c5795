using System.Globalization;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Simulation;

/// <summary>
/// Goal: a bad network is not heard. Method: a speaker and a listener of the whole node in virtual time, one of them
/// behind a link that loses datagrams in both directions; a frame that is not there 200 ms after it would have come
/// without loss is missing.
/// </summary>
[TestFixture]
internal sealed class LossTests
{
    private const int Seconds = 120;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Playout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Elsewhere = 2 * LinkConditions.Good.DelayMax;

    [TestCase(0.05, 0.0005)]
    [TestCase(0.10, 0.001)]
    [TestCase(0.20, 0.005)]
    [TestCase(0.30, 0.015)]
    public void A_listener_with_all_means_misses_next_to_nothing(double loss, double residualMax)
    {
        var residual = Residual(loss, new PeerAbilities(), new PeerAbilities(HasNack: true, HasRed: true));
        Assert.That(residual, Is.LessThan(residualMax));
    }

    [TestCase(0.05, 0.002)]
    [TestCase(0.10, 0.01)]
    public void A_listener_who_can_only_ask_misses_little(double loss, double residualMax) =>
        Assert.That(Residual(loss, default, new PeerAbilities(HasNack: true)), Is.LessThan(residualMax));

    [TestCase(0.10, 0.001)]
    [TestCase(0.20, 0.005)]
    [TestCase(0.30, 0.015)]
    public void A_speaker_with_all_means_is_heard_whole(double loss, double residualMax)
    {
        var residual = Residual(loss, new PeerAbilities(HasNack: true, SpeaksRed: true), default, isSpeakerBad: true);
        Assert.That(residual, Is.LessThan(residualMax));
    }

    [Test]
    public void Without_any_means_what_is_lost_is_missing() =>
        Assert.That(Residual(0.10, default, default), Is.EqualTo(0.10).Within(0.02));

    [Test]
    public void Jitter_and_reordering_lose_nothing()
    {
        var link = new LinkConditions(0.02, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(85))
        {
            DuplicationRate = 0.02,
        };
        var listener = new PeerAbilities(HasNack: true, HasRed: true, Link: link);
        Assert.That(Residual(default, listener, "jitter of 80 ms, 2 % lost, 2 % twice"), Is.LessThan(0.001));
    }

    private static double Residual(
        double loss,
        PeerAbilities speaker,
        PeerAbilities listener,
        bool isSpeakerBad = false
    )
    {
        var link = new LinkConditions(loss, OneWay, OneWay + TimeSpan.FromMilliseconds(1));
        return isSpeakerBad
            ? Residual(speaker with { Link = link }, listener, $"{loss:P0} at the speaker")
            : Residual(speaker, listener with { Link = link }, $"{loss:P0} at the listener");
    }

    private static double Residual(PeerAbilities speaker, PeerAbilities listener, string what)
    {
        using var world = new World(seed: 1, LinkConditions.Good);
        var ada = world.Join("room", Scenario.Speaker, hasMicrophone: true, slots: 0, speaker);
        var ben = world.Join("room", Scenario.Listener, hasMicrophone: false, slots: 1, listener);
        world.Run(20 * Second, () => ada.IsConnected && ben.IsConnected);
        ada.IsTalking = true;
        world.Run(10 * Second); // Until reports of the loss have had their effect.
        var first = ada.Microphone.SpokenAt.Count;
        world.Run(Seconds * Second);
        var end = ada.Microphone.SpokenAt.Count;
        world.Run(Second);

        var missing = 0;
        for (var frame = first; frame < end; frame++)
        {
            var deadline = ada.Microphone.SpokenAt[frame] + OneWay + Elsewhere + Playout;
            var hasCome = ben.Ears.ArrivedAt.TryGetValue((ada.MediaId, frame), out var at) && at <= deadline;
            missing += hasCome ? 0 : 1;
        }

        var residual = (double)missing / (end - first);
        TestContext.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {missing} of {end - first} missing, {residual:P3}; sent again {world.SentAgain} to the "
            ) + $"listener and {ada.Microphone.SentAgain} by the speaker; {ben.Ears.RedPackets} with earlier frames"
        );
        return residual;
    }
}
