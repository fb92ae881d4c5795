using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Peer;

/// <summary>
/// Goal: two transports get keys that fit, whatever the link loses, and only with the right certificate.
/// </summary>
[TestFixture]
public sealed class PeerHandshakeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(12);

    [Test]
    public void A_client_connects_in_three_round_trips_on_a_good_link()
    {
        using var pair = new PeerPair(1, LinkConditions.Good);

        Assert.That(pair.Run(Deadline, () => pair.AreConnected), Is.True);
        Assert.That((pair.Now - Instant.Zero).TotalMilliseconds, Is.EqualTo(60));
        var connected = new PeerEvent.Connected(SrtpProfile.AeadAes128Gcm);
        Assert.That(
            pair.ServerEvents,
            Is.EqualTo(new PeerEvent[] { new PeerEvent.PathChanged(pair.ClientPath), connected })
        );
        Assert.That(
            pair.ClientEvents,
            Is.EqualTo(new PeerEvent[] { new PeerEvent.PathChanged(PeerPair.ServerPath), connected })
        );
        Assert.That(pair.DeliversRtp(pair.Client, pair.Server, pair.ClientPath, 1), Is.True);
        Assert.That(pair.DeliversRtp(pair.Server, pair.Client, PeerPair.ServerPath, 1), Is.True);
    }

    [Test]
    public void A_client_connects_over_a_lossy_link([Values(0.1, 0.3)] double lossRate, [Range(1, 60)] int seed)
    {
        using var pair = new PeerPair(seed, LinkConditions.Lossy(lossRate));

        Assert.That(pair.Run(Deadline, () => pair.AreConnected), Is.True);
        Assert.That(pair.DeliversRtp(pair.Client, pair.Server, pair.ClientPath, 1), Is.True);
        Assert.That(pair.DeliversRtp(pair.Server, pair.Client, PeerPair.ServerPath, 1), Is.True);
    }

    [TestCase(0.1, 1.0)]
    [TestCase(0.2, 1.8)]
    [TestCase(0.3, 3.0)]
    public void Of_a_hundred_handshakes_ninety_nine_are_done_in_time(double lossRate, double secondsMax)
    {
        var times = new List<double>();
        for (var seed = 1000; seed < 1100; seed++)
        {
            using var pair = new PeerPair(seed, LinkConditions.Lossy(lossRate));
            times.Add(pair.Run(Deadline, () => pair.AreConnected) ? (pair.Now - Instant.Zero).TotalSeconds : 99);
        }

        times.Sort();
        Assert.That(times[98], Is.LessThanOrEqualTo(secondsMax));
    }

    [TestCase(SrtpProfile.AeadAes128Gcm)]
    [TestCase(SrtpProfile.AeadAes256Gcm)]
    [TestCase(SrtpProfile.Aes128CmHmacSha1Tag80)]
    public void A_client_with_one_profile_gets_that_one(SrtpProfile profile)
    {
        using var pair = new PeerPair(1, LinkConditions.Good, client: options => options with { Profiles = [profile] });

        Assert.That(pair.Run(Deadline, () => pair.AreConnected), Is.True);
        Assert.That(pair.ServerEvents, Does.Contain(new PeerEvent.Connected(profile)));
        Assert.That(pair.DeliversRtp(pair.Client, pair.Server, pair.ClientPath, 1), Is.True);
    }

    [Test]
    public void The_servers_order_of_profiles_decides_not_the_clients()
    {
        // Chromium's order.
        using var pair = new PeerPair(
            1,
            LinkConditions.Good,
            client: options =>
                options with
                {
                    Profiles =
                    [
                        SrtpProfile.Aes128CmHmacSha1Tag80,
                        SrtpProfile.AeadAes256Gcm,
                        SrtpProfile.AeadAes128Gcm,
                    ],
                }
        );

        Assert.That(pair.Run(Deadline, () => pair.AreConnected), Is.True);
        Assert.That(pair.ServerEvents, Does.Contain(new PeerEvent.Connected(SrtpProfile.AeadAes128Gcm)));
    }

    [Test]
    public void A_client_with_another_certificate_than_announced_gets_no_keys([Values] bool isAnnounced)
    {
        using var other = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);
        CertificateFingerprint[] announced = isAnnounced ? [other.Fingerprint] : [];
        using var pair = new PeerPair(
            1,
            LinkConditions.Good,
            server: options => options with { RemoteFingerprints = announced }
        );

        pair.Run(Deadline);

        Assert.That(pair.Server.IsConnected || pair.Client.IsConnected, Is.False);
        Assert.That(pair.Server.SelectedPath, Is.Null);
        Assert.That(pair.ServerEvents[^1], Is.TypeOf<PeerEvent.HandshakeFailed>());
        Assert.That(((PeerEvent.HandshakeFailed)pair.ServerEvents[^1]).Reason, Does.Contain("a=fingerprint"));
        Assert.That(pair.ServerEvents, Has.None.TypeOf<PeerEvent.Connected>());
    }

    [Test]
    public void A_server_with_another_certificate_than_announced_gets_no_keys()
    {
        using var other = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);
        using var pair = new PeerPair(
            1,
            LinkConditions.Good,
            client: options => options with { RemoteFingerprints = [other.Fingerprint] }
        );

        pair.Run(Deadline);

        Assert.That(pair.Client.IsConnected, Is.False);
        Assert.That(((PeerEvent.HandshakeFailed)pair.ClientEvents[^1]).Reason, Does.Contain("a=fingerprint"));
        Assert.That(pair.ServerEvents, Has.None.TypeOf<PeerEvent.Connected>());
    }

    [Test]
    public void One_fitting_fingerprint_of_two_suffices()
    {
        using var other = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);
        using var pair = new PeerPair(
            1,
            LinkConditions.Good,
            server: options => options with { RemoteFingerprints = [other.Fingerprint, .. options.RemoteFingerprints] }
        );

        Assert.That(pair.Run(Deadline, () => pair.AreConnected), Is.True);
    }

    [Test]
    public void A_peer_that_never_checks_is_given_up_after_30_seconds()
    {
        using var pair = new PeerPair(1, LinkConditions.Good with { LossRate = 1 });

        pair.Run(TimeSpan.FromSeconds(29.9));
        Assert.That(pair.ServerEvents, Is.Empty);
        pair.Run(TimeSpan.FromSeconds(0.2));

        Assert.That(pair.ServerEvents, Has.One.TypeOf<PeerEvent.HandshakeFailed>());
        Assert.That(pair.Server.NextTimeout, Is.Null);
    }

    [Test]
    public void A_closed_transport_tells_its_peer()
    {
        using var pair = new PeerPair(1, LinkConditions.Good);
        pair.Run(Deadline, () => pair.AreConnected);

        pair.Client.Close();
        pair.Run(TimeSpan.FromSeconds(1));

        Assert.That(pair.ServerEvents[^1], Is.EqualTo(new PeerEvent.Closed()));
        Assert.That(pair.Server.IsConnected, Is.False);
    }
}
