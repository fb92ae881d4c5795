using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Sfu.Tests.Ice;

/// <summary>
/// Goal: a peer reaches the server over a bad link, keeps its path while it lives, and is noticed gone.
/// Method: both real agents on a simulated network; one run per seed.
/// </summary>
[TestFixture]
public sealed class IceOverBadLinksTests
{
    private static readonly LinkConditions BadLink = new(
        0.3,
        TimeSpan.FromMilliseconds(5),
        TimeSpan.FromMilliseconds(400)
    );

    private static readonly NetworkPath Client = Addresses.Path(host: 2);
    private static readonly NetworkPath Server = Addresses.Path(host: 1);

    [Test]
    public void A_living_peer_connects_once_and_stays_until_it_vanishes([Range(1, 200)] int seed)
    {
        var vanishes = Instant.Zero + TimeSpan.FromMinutes(1);
        var events = Run(seed, vanishes, vanishes + TimeSpan.FromMinutes(1));

        Assert.That(
            events,
            Is.EqualTo(new IceEvent[] { new IceEvent.Selected(Client), new IceEvent.ConsentExpired() })
        );
    }

    /// <summary>Jumps from one due time to the next, so two minutes take milliseconds.</summary>
    private static List<IceEvent> Run(int seed, Instant clientVanishes, Instant end)
    {
        var random = new Random(seed);
        var (serverIce, clientIce) = (PeerPair.Credentials(random), PeerPair.Credentials(random));
        var network = new SimulatedNetwork<IIceAgent>(seed, BadLink);
        var server = new IceLiteAgent(serverIce);
        var client = new IceClient(clientIce, serverIce, Server, network.Now, random);
        var events = new List<IceEvent>();
        while (true)
        {
            var clientDue = network.Now < clientVanishes ? client.NextTimeout : null;
            var due = new[] { network.NextDelivery, server.NextTimeout, clientDue }.Min();
            if (due is not { } now || now > end)
            {
                return events;
            }

            network.AdvanceTo(now);
            while (network.TryDeliver(out var delivery))
            {
                delivery.To.HandleDatagram(network.Now, delivery.Path, delivery.Payload);
            }

            server.HandleTimeout(network.Now);
            if (network.Now < clientVanishes)
            {
                client.HandleTimeout(network.Now);
            }

            Drain(server, client, network, events);
        }
    }

    private static void Drain(
        IceLiteAgent server,
        IceClient client,
        SimulatedNetwork<IIceAgent> network,
        List<IceEvent> events
    )
    {
        while (client.TryDequeueTransmit(out var transmit))
        {
            network.Send(server, Client, transmit.Payload);
        }

        while (server.TryDequeueTransmit(out var transmit))
        {
            network.Send(client, Server, transmit.Payload);
        }

        while (server.TryDequeueEvent(out var iceEvent))
        {
            events.Add(iceEvent);
        }
    }
}
