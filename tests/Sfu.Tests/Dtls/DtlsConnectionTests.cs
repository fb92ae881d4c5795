using FsCheck;
using FsCheck.Fluent;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Peer;

namespace Spaces.Sfu.Tests.Dtls;

/// <summary>Two connections and nothing between them but the test.</summary>
[TestFixture]
public sealed class DtlsConnectionTests
{
    private DtlsCertificate _ours = null!;
    private DtlsCertificate _theirs = null!;
    private DtlsConnection _server = null!;
    private DtlsConnection _client = null!;

    [SetUp]
    public void SetUp()
    {
        _ours = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);
        _theirs = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);
        _server = Connect(DtlsRole.Server, _ours, _theirs);
        _client = Connect(DtlsRole.Client, _theirs, _ours);
    }

    [TearDown]
    public void TearDown()
    {
        _server.Dispose();
        _client.Dispose();
        _ours.Dispose();
        _theirs.Dispose();
    }

    [Test]
    public void A_lost_flight_is_sent_again_after_100_ms_and_then_ever_more_rarely()
    {
        Assert.That(Take(_client), Is.Not.Empty);
        var times = new List<double>();
        while (_client.NextTimeout is { } due && due < At(2))
        {
            _client.HandleTimeout(due);
            Assert.That(Take(_client), Is.Not.Empty);
            times.Add((due - Instant.Zero).TotalMilliseconds);
        }

        Assert.That(times, Is.EqualTo(new double[] { 100, 300, 600, 1000, 1500 }));
    }

    [Test]
    public void A_handshake_that_goes_nowhere_ends_after_ten_seconds()
    {
        _server.HandleDatagram(At(1), Take(_client)[0]);
        _server.HandleTimeout(At(9.99));
        Assert.That(_server.State, Is.EqualTo(DtlsState.Handshaking));

        _server.HandleTimeout(At(10));

        Assert.That(_server.State, Is.EqualTo(DtlsState.Failed));
        Assert.That(_server.FailureReason, Does.Contain("10 s"));
        Assert.That(_server.NextTimeout, Is.Null);
    }

    [Test]
    public void A_lost_last_flight_is_repeated_when_the_client_asks_again()
    {
        Exchange(dropLastFlight: true);
        Assert.That(_server.State, Is.EqualTo(DtlsState.Connected));
        Assert.That(_client.State, Is.EqualTo(DtlsState.Handshaking));

        _client.HandleTimeout(At(0.1));
        Deliver(Take(_client), _server, At(0.1));
        Deliver(Take(_server), _client, At(0.1));

        Assert.That(_client.State, Is.EqualTo(DtlsState.Connected));
    }

    [Test]
    public void Records_out_of_order_lead_to_the_same_keys()
    {
        Deliver(Take(_client), _server, At(0));
        Deliver(Take(_server), _client, At(0));
        var flight = Take(_client);
        flight.Reverse();
        foreach (var record in flight.SelectMany(Records).Reverse())
        {
            _server.HandleDatagram(At(0), record);
        }

        Deliver(flight, _server, At(0));
        Deliver(Take(_server), _client, At(0));

        Assert.That(_server.State, Is.EqualTo(DtlsState.Connected));
        Assert.That(_client.State, Is.EqualTo(DtlsState.Connected));
    }

    [Test]
    public void Endless_fragments_are_cut_off()
    {
        for (var i = 0; i < 100_000; i++)
        {
            // A fragment of a 6,000-byte ClientHello that never becomes whole, each at another place.
            var fragment = new byte[13 + 12 + 1];
            new byte[] { 22, 0xFE, 0xFD, 0, 0, 0, 0, 0, (byte)(i >> 16), (byte)(i >> 8), (byte)i, 0, 13 }.CopyTo(
                fragment,
                0
            );
            new byte[] { 1, 0, 0x17, 0x70, 0, (byte)(i % 9), 0, (byte)(i % 20), (byte)i, 0, 0, 1 }.CopyTo(fragment, 13);
            _server.HandleDatagram(At(0), fragment);
        }

        Assert.That(Take(_server), Is.Empty);
        _server.HandleTimeout(At(10));
        Assert.That(_server.State, Is.EqualTo(DtlsState.Failed));
    }

    [Test]
    public void Any_bytes_are_taken_without_an_exception() =>
        Prop.ForAll<byte[], byte, bool>(
                (bytes, type, isEarly) =>
                {
                    using var connection = Connect(DtlsRole.Server, _ours, _theirs);
                    byte[] record =
                    [
                        (byte)(20 + (type % 4)),
                        0xFE,
                        0xFD,
                        0,
                        isEarly ? (byte)0 : (byte)1,
                        .. new byte[6],
                        (byte)(bytes.Length >> 8),
                        (byte)bytes.Length,
                        .. bytes,
                    ];
                    connection.HandleDatagram(At(0), bytes);
                    connection.HandleDatagram(At(0), record);
                    Assert.That(connection.State, Is.EqualTo(DtlsState.Handshaking));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void The_keys_of_both_ends_fit()
    {
        Exchange(dropLastFlight: false);
        using var outbound = _client.Keys!.CreateOutbound();
        using var inbound = _server.Keys!.CreateInbound();
        var packet = new byte[100];
        (packet[0], packet[1]) = (0x80, 111);

        var length = outbound.ProtectRtp(packet, 60);

        Assert.That(inbound.TryUnprotectRtp(packet.AsSpan(0, length), out var opened), Is.True);
        Assert.That(opened, Is.EqualTo(60));
    }

    private static DtlsConnection Connect(DtlsRole role, DtlsCertificate own, DtlsCertificate other) =>
        new(role, own, [other.Fingerprint], PeerTransportOptions.DefaultProfiles, Instant.Zero);

    private static Instant At(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    private static List<byte[]> Take(DtlsConnection connection)
    {
        var datagrams = new List<byte[]>();
        while (connection.TryDequeueDatagram(out var datagram))
        {
            datagrams.Add(datagram.ToArray());
        }

        return datagrams;
    }

    private static void Deliver(List<byte[]> datagrams, DtlsConnection connection, Instant now) =>
        datagrams.ForEach(datagram => connection.HandleDatagram(now, datagram));

    private static List<byte[]> Records(byte[] datagram)
    {
        var records = new List<byte[]>();
        for (var start = 0; start < datagram.Length; )
        {
            var end = start + 13 + (datagram[start + 11] << 8) + datagram[start + 12];
            records.Add(datagram[start..end]);
            start = end;
        }

        return records;
    }

    private void Exchange(bool dropLastFlight)
    {
        Deliver(Take(_client), _server, At(0));
        Deliver(Take(_server), _client, At(0));
        Deliver(Take(_client), _server, At(0));
        var last = Take(_server);
        Deliver(dropLastFlight ? [] : last, _client, At(0));
    }
}
