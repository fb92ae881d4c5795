using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Peer;

namespace Spaces.Sfu.Tests.Peer;

/// <summary>Goal: a handshake that another thread computes ends as one that is computed in place.</summary>
[TestFixture]
internal sealed class HandshakeElsewhereTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(12);

    private Runner _runner = null!;

    [SetUp]
    public void SetUp() => _runner = new Runner();

    [Test]
    public void A_client_connects_though_every_step_is_computed_late([Values(0, 0.2)] double lossRate)
    {
        using var pair = Pair(lossRate);

        for (var i = 0; i < 400 && !pair.AreConnected; i++)
        {
            pair.Run(TimeSpan.FromMilliseconds(30), () => pair.AreConnected);
            _runner.RunOne(pair.Server, pair.Now);
            pair.Drain();
        }

        Assert.That(pair.AreConnected);
        Assert.That(pair.DeliversRtp(pair.Client, pair.Server, pair.ClientPath, 1), Is.True);
        Assert.That(pair.DeliversRtp(pair.Server, pair.Client, PeerPair.ServerPath, 1), Is.True);
    }

    [Test]
    public void Nothing_is_computed_on_the_thread_that_has_the_socket()
    {
        using var pair = Pair(lossRate: 0);

        pair.Run(TimeSpan.FromSeconds(5));

        Assert.That(_runner.Waiting, Has.Count.EqualTo(1), "One step at a time, whatever arrives meanwhile.");
        Assert.That(pair.SentByServer.Keys, Has.None.EqualTo(DatagramKind.Dtls));
    }

    [Test]
    public void What_a_full_queue_refuses_the_clients_retransmission_brings_again()
    {
        _runner.IsFull = true;
        using var pair = Pair(lossRate: 0);
        pair.Run(TimeSpan.FromMilliseconds(90));
        _runner.IsFull = false;

        for (var i = 0; i < 100 && !pair.AreConnected; i++)
        {
            pair.Run(TimeSpan.FromMilliseconds(30), () => pair.AreConnected);
            _runner.RunOne(pair.Server, pair.Now);
            pair.Drain();
        }

        Assert.That(pair.AreConnected);
    }

    [Test]
    public void A_session_that_ends_while_its_handshake_is_computed_lets_the_step_end_first()
    {
        using var pair = Pair(lossRate: 0);
        pair.Run(TimeSpan.FromMilliseconds(200));
        Assert.That(_runner.Waiting, Is.Not.Empty);

        pair.Server.Close();
        pair.Server.Dispose();

        Assert.DoesNotThrow(() => _runner.RunOne(pair.Server, pair.Now));
        Assert.That(pair.Run(Deadline, () => pair.AreConnected), Is.False);
    }

    [Test]
    public void A_flood_of_datagrams_waits_within_bounds()
    {
        using var certificate = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);
        var seen = 0;
        using var handshake = new DtlsHandshake(now => new DtlsConnection(
            DtlsRole.Server,
            certificate,
            [certificate.Fingerprint],
            PeerTransportOptions.DefaultProfiles,
            now
        ));
        handshake.Begin(_runner, Instant.Zero);
        for (var i = 0; i < 100_000; i++)
        {
            handshake.Add(BitConverter.GetBytes(i % 2 == 0 ? i : 0));
        }

        handshake.Return();
        while (handshake.HasWaiting && seen < 100)
        {
            seen++;
            handshake.Begin(runner: null, Instant.Zero);
            handshake.Return();
        }

        Assert.That(seen, Is.EqualTo(1), "All that was kept fits one step.");
    }

    private PeerPair Pair(double lossRate) =>
        new(
            seed: 5,
            LinkConditions.Good with
            {
                LossRate = lossRate,
            },
            server: options => options with { Handshakes = _runner }
        );

    /// <summary>Computes when the test says so.</summary>
    private sealed class Runner : IHandshakeRunner
    {
        public Queue<DtlsHandshake> Waiting { get; } = new();

        public bool IsFull { get; set; }

        public bool TryRun(DtlsHandshake handshake)
        {
            if (!IsFull)
            {
                Waiting.Enqueue(handshake);
            }

            return !IsFull;
        }

        public void RunOne(PeerTransport owner, Instant now)
        {
            if (Waiting.TryDequeue(out var handshake))
            {
                handshake.Run(now);
                owner.HandleHandshake(now);
            }
        }
    }
}
