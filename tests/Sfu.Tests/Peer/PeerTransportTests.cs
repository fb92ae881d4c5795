using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Peer;

/// <summary>What a connected transport keeps up, and what it does not let strangers do.</summary>
[TestFixture]
public sealed class PeerTransportTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(12);
    private static readonly NetworkPath Stranger = Addresses.Path(host: 66);

    private PeerPair _pair = null!;

    [SetUp]
    public void SetUp() => _pair = new PeerPair(1, LinkConditions.Good);

    [TearDown]
    public void TearDown() => _pair.Dispose();

    [Test]
    public void DTLS_from_an_address_without_check_is_dropped_without_answer()
    {
        Connect();
        var hello = _pair.LastToServer[DatagramKind.Dtls];
        using var fresh = new PeerPair(2, LinkConditions.Good);

        Assert.That(fresh.Server.HandleDtls(fresh.Now, Stranger, hello), Is.False);
        Assert.That(_pair.Server.HandleDtls(_pair.Now, Stranger, hello), Is.False);
        Assert.That(_pair.Server.TryDequeueTransmit(out _) || fresh.Server.TryDequeueTransmit(out _), Is.False);
        Assert.That(fresh.Run(Deadline, () => fresh.AreConnected), Is.True);
    }

    [Test]
    public void DTLS_is_answered_before_any_nomination_to_where_it_came_from()
    {
        var hello = FirstHello();
        using var pair = new PeerPair(3, LinkConditions.Good);
        pair.Server.HandleStun(pair.Now, Stranger, Checks.To(pair.ServerIce, seed: 5, useCandidate: false));
        Assert.That(pair.Server.TryDequeueTransmit(out _), Is.True);

        Assert.That(pair.Server.HandleDtls(pair.Now, Stranger, hello), Is.True);

        Assert.That(pair.Server.TryDequeueTransmit(out var answer), Is.True);
        Assert.That(answer.Path, Is.EqualTo(Stranger));
        Assert.That(Datagram.Classify(answer.Payload.Span), Is.EqualTo(DatagramKind.Dtls));
    }

    [Test]
    public void Junk_after_the_handshake_changes_nothing()
    {
        var hello = FirstHello();
        Connect();
        var random = new Random(5);
        for (var i = 0; i < 10_000; i++)
        {
            var junk = new byte[random.Next(8, 200)];
            random.NextBytes(junk);
            junk[0] = (byte)random.Next(20, 24);
            new byte[] { 0xFE, 0xFD, 0, (byte)(i & 1) }.CopyTo(junk, 1);
            if (junk.Length >= 13)
            {
                (junk[11], junk[12]) = (0, (byte)(junk.Length - 13));
            }

            _pair.Server.HandleDtls(_pair.Now, _pair.ClientPath, i % 3 == 0 ? hello : junk);
        }

        var answers = 0;
        while (_pair.Server.TryDequeueTransmit(out _))
        {
            answers++;
        }

        Assert.That(answers, Is.LessThanOrEqualTo(10), "the final flight may be asked for again, a few times");
        Assert.That(_pair.Server.TryDequeueEvent(out _), Is.False);
        Assert.That(_pair.DeliversRtp(_pair.Client, _pair.Server, _pair.ClientPath, 1), Is.True);
        Assert.That(_pair.DeliversRtp(_pair.Server, _pair.Client, PeerPair.ServerPath, 1), Is.True);
    }

    /// <summary>OpenSSL before 3.0.22 ended the session over a record too short for nonce and tag.</summary>
    [Test]
    public void A_protected_record_of_any_length_that_nobody_signed_changes_nothing(
        [Values(20, 21, 22, 23)] byte type,
        [Range(0, 40)] int length
    )
    {
        Connect();
        var record = new byte[13 + length];
        new byte[] { type, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 1, 0, 0, (byte)length }.CopyTo(record, 0);

        _pair.Server.HandleDtls(_pair.Now, _pair.ClientPath, record);

        Assert.That(_pair.Server.TryDequeueEvent(out _), Is.False);
        Assert.That(_pair.DeliversRtp(_pair.Client, _pair.Server, _pair.ClientPath, 1), Is.True);
    }

    [Test]
    public void Junk_before_the_handshake_from_the_peers_own_address_does_not_stop_it()
    {
        var random = new Random(6);
        _pair.Run(Deadline, () => _pair.Server.SelectedPath is not null);
        for (var i = 0; i < 100; i++)
        {
            var junk = new byte[100];
            random.NextBytes(junk);
            new byte[] { 22, 0xFE, 0xFD, 0, 0 }.CopyTo(junk, 0);
            (junk[11], junk[12]) = (0, 87);
            _pair.Server.HandleDtls(_pair.Now, _pair.ClientPath, junk);
            _pair.Server.HandleDtls(_pair.Now, _pair.ClientPath, [21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 40]);
        }

        Assert.That(_pair.Run(Deadline, () => _pair.AreConnected), Is.True);
    }

    [Test]
    public void SRTP_from_an_address_without_check_is_dropped_and_moves_nothing()
    {
        Connect();

        Assert.That(_pair.DeliversRtp(_pair.Client, _pair.Server, Stranger, 1), Is.False);
        Assert.That(_pair.Server.SelectedPath, Is.EqualTo(_pair.ClientPath));
    }

    [Test]
    public void Consent_is_kept_by_checks_and_lapses_30_seconds_after_the_last()
    {
        Connect();
        _pair.Run(TimeSpan.FromMinutes(10));
        Assert.That(_pair.Server.IsConnected, Is.True);

        _pair.Network.Conditions = LinkConditions.Good with { LossRate = 1 };
        _pair.Run(TimeSpan.FromSeconds(23.9));
        Assert.That(_pair.Server.IsConnected, Is.True, "the last check was at most 6 s before the link broke");
        _pair.Run(TimeSpan.FromSeconds(6.2));

        Assert.That(_pair.Server.IsConnected, Is.False);
        Assert.That(_pair.ServerEvents[^1], Is.EqualTo(new PeerEvent.ConsentExpired()));
        Assert.That(_pair.Client.IsConnected, Is.False);
        Assert.Throws<InvalidOperationException>(() => _pair.Server.ProtectRtp(new byte[100], 60));
    }

    [Test]
    public void Without_consent_not_even_a_goodbye_is_sent()
    {
        Assert.That(_pair.Run(TimeSpan.FromSeconds(5), () => _pair.AreConnected));
        _pair.Network.Conditions = LinkConditions.Lossy(1);
        _pair.Run(TimeSpan.FromSeconds(40));
        Assert.That(_pair.ServerEvents[^1], Is.EqualTo(new PeerEvent.ConsentExpired()));

        _pair.Server.Close();
        Assert.That(_pair.Server.TryDequeueTransmit(out _), Is.False);
    }

    [Test]
    public void An_ICE_restart_keeps_the_keys()
    {
        Connect();
        var random = new Random(9);
        var (server, client) = (PeerPair.Credentials(random), PeerPair.Credentials(random));
        _pair.Server.RestartIce(_pair.Now, server, client);
        _pair.Client.RestartIce(_pair.Now, client, server);
        _pair.ClientPath = Addresses.Path(host: 3);

        Assert.That(_pair.Run(Deadline, () => _pair.Server.SelectedPath == _pair.ClientPath), Is.True);
        Assert.That(_pair.DeliversRtp(_pair.Client, _pair.Server, _pair.ClientPath, 1), Is.True);
        Assert.That(_pair.DeliversRtp(_pair.Server, _pair.Client, PeerPair.ServerPath, 1), Is.True);
        Assert.That(_pair.ServerEvents.OfType<PeerEvent.Connected>().Count(), Is.EqualTo(1));
    }

    [Test]
    public void An_ICE_restart_revives_a_peer_whose_consent_expired()
    {
        Connect();
        _pair.Network.Conditions = LinkConditions.Good with { LossRate = 1 };
        _pair.Run(TimeSpan.FromSeconds(40));
        _pair.Network.Conditions = LinkConditions.Good;
        var random = new Random(9);
        var (server, client) = (PeerPair.Credentials(random), PeerPair.Credentials(random));
        _pair.Server.RestartIce(_pair.Now, server, client);
        _pair.Client.RestartIce(_pair.Now, client, server);

        Assert.That(_pair.Run(Deadline, () => _pair.AreConnected), Is.True);
    }

    [Test]
    public void A_captured_check_replayed_from_elsewhere_moves_no_media()
    {
        Connect();
        var captured = _pair.LastToServer[DatagramKind.Stun];

        _pair.Server.HandleStun(_pair.Now, Stranger, captured);

        Assert.That(_pair.Server.SelectedPath, Is.EqualTo(_pair.ClientPath));
    }

    [Test]
    public void Whoever_replays_a_captured_check_cannot_break_the_handshake_of_its_owner()
    {
        using var attacker = new PeerPair(4, LinkConditions.Good);
        attacker.Run(Deadline, () => attacker.LastToServer.ContainsKey(DatagramKind.Dtls));
        var hello = attacker.LastToServer[DatagramKind.Dtls];
        _pair.Run(Deadline, () => _pair.Server.SelectedPath is not null);
        var captured = _pair.LastToServer[DatagramKind.Stun];

        _pair.Server.HandleStun(_pair.Now, Stranger, captured);
        while (_pair.Server.TryDequeueTransmit(out _)) { }

        Assert.That(_pair.Server.HandleDtls(_pair.Now, Stranger, hello), Is.False);
        Assert.That(_pair.Server.TryDequeueTransmit(out _), Is.False, "nothing is sent to a stranger");
        Assert.That(_pair.Run(Deadline, () => _pair.AreConnected), Is.True);
    }

    [Test]
    public void A_client_that_changes_its_network_is_followed_at_once()
    {
        Connect();
        _pair.ClientPath = Addresses.Path(host: 4);
        _pair.Client.MoveTo(_pair.Now, PeerPair.ServerPath);

        Assert.That(
            _pair.Run(TimeSpan.FromMilliseconds(15), () => _pair.Server.SelectedPath == _pair.ClientPath),
            Is.True
        );
    }

    [Test]
    public void Protecting_and_unprotecting_allocates_nothing()
    {
        Connect();
        var packet = new byte[60 + SrtpContext.OverheadMax];
        Forward(packet, 0, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var delivered = Forward(packet, 100, 10_000);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(delivered, Is.EqualTo(9_900));
    }

    private int Forward(byte[] packet, int first, int end)
    {
        var delivered = 0;
        for (var i = first; i < end; i++)
        {
            packet.AsSpan().Clear();
            (packet[0], packet[1], packet[2], packet[3]) = (0x80, 111, (byte)(i >> 8), (byte)i);
            var length = _pair.Client.ProtectRtp(packet, 60);
            delivered += _pair.Server.TryUnprotectRtp(_pair.ClientPath, packet.AsSpan(0, length), out _) ? 1 : 0;
        }

        return delivered;
    }

    private void Connect() => Assert.That(_pair.Run(Deadline, () => _pair.AreConnected), Is.True);

    /// <summary>A ClientHello of some other client.</summary>
    private static byte[] FirstHello()
    {
        using var pair = new PeerPair(77, LinkConditions.Good);
        pair.Run(Deadline, () => pair.LastToServer.ContainsKey(DatagramKind.Dtls));
        return pair.LastToServer[DatagramKind.Dtls];
    }
}
