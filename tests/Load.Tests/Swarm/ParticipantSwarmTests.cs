using Spaces.Load.Media;
using Spaces.Load.Sessions;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol.Dtls;

namespace Spaces.Load.Tests.Swarm;

/// <summary>The generator against a node whose faults are known: it must measure exactly those.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ParticipantSwarmTests
{
    private const int Listeners = 12;
    private const int Packets = 40;
    private const uint Base = 0x7F41_0000; // 127.65.0.0

    [Test]
    public async Task Every_packet_that_a_faultless_node_forwards_is_counted_timed_and_in_part_decrypted(
        CancellationToken cancellationToken
    )
    {
        await using var node = new ForwardingNode(lossEvery: 0);

        var receiver = await HearAsync(node, Listeners * Packets, cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(receiver.WindowLength, Is.EqualTo(Packets));
            Assert.That(receiver.DeliveredCount, Is.EqualTo(Listeners * Packets));
            Assert.That(receiver.Delay.Count, Is.EqualTo(Listeners * Packets));
            Assert.That(receiver.Delay.Percentile(1), Is.Positive);
            Assert.That(receiver.HearingCount, Is.EqualTo(Listeners));
            Assert.That(receiver.VerifiedCount, Is.InRange(Listeners * Packets / 10, Listeners * Packets / 5));
            Assert.That(receiver.InvalidCount, Is.Zero);
            Assert.That(receiver.DuplicateCount, Is.Zero);
            Assert.That(receiver.DirectDelay.Count, Is.EqualTo(Packets));
        });
    }

    [Test]
    public async Task A_node_that_loses_every_fourth_packet_delivers_three_quarters(CancellationToken cancellationToken)
    {
        await using var node = new ForwardingNode(lossEvery: 4);

        var receiver = await HearAsync(node, Listeners * Packets * 3 / 4, cancellationToken);

        Assert.That(receiver.DeliveredCount, Is.EqualTo(Listeners * Packets * 3 / 4));
        Assert.That(receiver.InvalidCount, Is.Zero);
    }

    private static async Task<ProbeReceiver> HearAsync(
        ForwardingNode node,
        int expected,
        CancellationToken cancellationToken
    )
    {
        using var certificate = DtlsCertificate.Generate(DateTimeOffset.UtcNow);
        using var socket = new SharedSocket(Base);
        var publisher = new ProbePublisher(Joining.PublisherSsrc, Packets);
        var receiver = new ProbeReceiver(publisher, Listeners + 1, Packets, sampleEvery: 10);
        using var swarm = new ParticipantSwarm(socket, Listeners + 1, receiver, core: null);
        var joining = new Joining(node, swarm, certificate);
        await joining.JoinPublisherAsync(cancellationToken);
        _ = await joining.JoinListenersAsync(Listeners, concurrency: 4, cancellationToken);
        Assert.That(joining.Times.Count, Is.EqualTo(Listeners));

        receiver.BeginWindow(nowNanoseconds: 0);
        var echo = IPv4.ToTransportAddress(socket.AddressOf(Listeners + 1), socket.Port);
        await swarm.PublishAsync(publisher, echo);
        while (await swarm.InvokeAsync(() => !publisher.IsExhausted || receiver.DeliveredCount < expected))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        _ = await swarm.InvokeAsync(() =>
        {
            receiver.EndWindow(nowNanoseconds: long.MaxValue);
            return true;
        });
        Assert.That(await swarm.InvokeAsync(() => swarm.LostCount), Is.Zero);
        return receiver;
    }
}
