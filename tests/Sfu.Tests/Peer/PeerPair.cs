using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Peer;

/// <summary>A server's and a client's transport on one simulated link.</summary>
internal sealed class PeerPair : IDisposable
{
    /// <summary>The server as the client sees it: the same whatever socket of the client is used.</summary>
    public static readonly NetworkPath ServerPath = Addresses.Path(host: 1);

    private readonly DtlsCertificate _serverCertificate = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);
    private readonly DtlsCertificate _clientCertificate = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);

    public PeerPair(
        int seed,
        LinkConditions conditions,
        Func<PeerTransportOptions, PeerTransportOptions>? server = null,
        Func<PeerTransportOptions, PeerTransportOptions>? client = null
    )
    {
        Network = new SimulatedNetwork<PeerTransport>(seed, conditions);
        var random = new Random(seed);
        ServerIce = Credentials(random);
        ClientIce = Credentials(random);
        var serverOptions = new PeerTransportOptions(
            ServerIce,
            ClientIce,
            _serverCertificate,
            [_clientCertificate.Fingerprint]
        );
        var clientOptions = new PeerTransportOptions(
            ClientIce,
            ServerIce,
            _clientCertificate,
            [_serverCertificate.Fingerprint]
        )
        {
            Role = PeerRole.Client,
            ServerPath = ServerPath,
            Random = random,
        };
        Server = new PeerTransport(server?.Invoke(serverOptions) ?? serverOptions, Network.Now);
        Client = new PeerTransport(client?.Invoke(clientOptions) ?? clientOptions, Network.Now);
    }

    public SimulatedNetwork<PeerTransport> Network { get; }

    public PeerTransport Server { get; }

    public PeerTransport Client { get; }

    public IceCredentials ServerIce { get; }

    public IceCredentials ClientIce { get; }

    /// <summary>The client as the server sees it.</summary>
    public NetworkPath ClientPath { get; set; } = Addresses.Path(host: 2);

    public List<PeerEvent> ServerEvents { get; } = [];

    public List<PeerEvent> ClientEvents { get; } = [];

    /// <summary>The last datagram of a kind that reached the server, for replays.</summary>
    public Dictionary<DatagramKind, byte[]> LastToServer { get; } = [];

    /// <summary>How many datagrams of a kind the server sent.</summary>
    public Dictionary<DatagramKind, int> SentByServer { get; } = [];

    public Instant Now => Network.Now;

    public bool AreConnected => Server.IsConnected && Client.IsConnected;

    public static IceCredentials Credentials(Random random)
    {
        var entropy = new byte[IceCredentials.EntropyLength];
        random.NextBytes(entropy);
        return IceCredentials.FromEntropy(entropy);
    }

    /// <summary>Jumps from one due time to the next until <paramref name="isDone"/> or the time is over.</summary>
    /// <returns>Whether it was done in time.</returns>
    public bool Run(TimeSpan timeMax, Func<bool>? isDone = null)
    {
        var end = Now + timeMax;
        Drain();
        while (isDone is null || !isDone())
        {
            var next = Earliest(Network.NextDelivery, Earliest(Server.NextTimeout, Client.NextTimeout));
            if (next is not { } due || due > end)
            {
                Network.AdvanceTo(end);
                break;
            }

            Step(due);
        }

        return isDone is not null && isDone();
    }

    /// <summary>Sends one RTP packet through the keys of both ends.</summary>
    public bool DeliversRtp(PeerTransport from, PeerTransport to, NetworkPath path, ushort sequenceNumber)
    {
        var packet = new byte[60 + SrtpContext.OverheadMax];
        packet[0] = 0x80;
        packet[1] = 111;
        packet[2] = (byte)(sequenceNumber >> 8);
        packet[3] = (byte)sequenceNumber;
        packet[11] = from == Server ? (byte)1 : (byte)2;
        var length = from.ProtectRtp(packet, 60);
        return to.TryUnprotectRtp(path, packet.AsSpan(0, length), out var opened) && opened == 60;
    }

    public void Drain()
    {
        while (Server.TryDequeueTransmit(out var transmit))
        {
            var kind = Datagram.Classify(transmit.Payload.Span);
            SentByServer[kind] = SentByServer.GetValueOrDefault(kind) + 1;
            if (transmit.Path == ClientPath)
            {
                Network.Send(Client, ServerPath, transmit.Payload);
            }
        }

        while (Client.TryDequeueTransmit(out var transmit))
        {
            Network.Send(Server, ClientPath, transmit.Payload);
        }

        while (Server.TryDequeueEvent(out var peerEvent))
        {
            ServerEvents.Add(peerEvent);
        }

        while (Client.TryDequeueEvent(out var peerEvent))
        {
            ClientEvents.Add(peerEvent);
        }
    }

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
        _serverCertificate.Dispose();
        _clientCertificate.Dispose();
    }

    private static Instant? Earliest(Instant? left, Instant? right) =>
        left is null || right < left ? right ?? left : left;

    private void Step(Instant due)
    {
        Network.AdvanceTo(due);
        while (Network.TryDeliver(out var delivery))
        {
            var kind = Datagram.Classify(delivery.Payload);
            if (delivery.To == Server)
            {
                LastToServer[kind] = delivery.Payload;
            }

            _ =
                kind == DatagramKind.Stun
                    ? delivery.To.HandleStun(Now, delivery.Path, delivery.Payload)
                    : delivery.To.HandleDtls(Now, delivery.Path, delivery.Payload);
        }

        Server.HandleTimeout(Now);
        Client.HandleTimeout(Now);
        Drain();
    }
}
