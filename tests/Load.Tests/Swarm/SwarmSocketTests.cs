using Spaces.Load.Interop;
using Spaces.Load.Swarm;

namespace Spaces.Load.Tests.Swarm;

/// <summary>Real datagrams over loopback, through the system calls and their control messages.</summary>
[TestFixture]
public sealed class SwarmSocketTests
{
    private const uint Base = 0x7F400000; // 127.64.0.0

    [Test]
    public void Each_participant_of_a_shared_socket_sends_and_receives_by_an_address_of_its_own()
    {
        using var left = new SharedSocket(Base);
        using var right = new SharedSocket(Base + 0x1000);
        var before = SystemClock.RealtimeNanoseconds();

        left.Send(participant: 300, IPv4.ToTransportAddress(right.AddressOf(7), right.Port), [1, 2, 3]);
        var received = ReceiveOne(right);
        var datagram = right.Get(0);

        Assert.That(received, Is.EqualTo(1));
        Assert.That(datagram.Participant, Is.EqualTo(7));
        Assert.That(datagram.Source, Is.EqualTo(IPv4.ToTransportAddress(left.AddressOf(300), left.Port)));
        Assert.That(datagram.Payload.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(datagram.ArrivedNanoseconds, Is.InRange(before, SystemClock.RealtimeNanoseconds()));
    }

    [Test]
    public void Each_participant_with_a_socket_of_its_own_receives_what_is_sent_to_its_port()
    {
        using var swarm = new SocketPerParticipant(count: 5);
        using var server = new SharedSocket(Base);
        swarm.Send(participant: 4, IPv4.ToTransportAddress(server.AddressOf(0), server.Port), [9]);
        Assert.That(ReceiveOne(server), Is.EqualTo(1));
        var source = server.Get(0).Source;

        server.Send(participant: 0, source, [8, 7]);
        var received = ReceiveOne(swarm);
        var datagram = swarm.Get(0);

        Assert.That(received, Is.EqualTo(1));
        Assert.That(datagram.Participant, Is.EqualTo(4));
        Assert.That(datagram.Payload.ToArray(), Is.EqualTo(new byte[] { 8, 7 }));
        Assert.That(datagram.ArrivedNanoseconds, Is.Positive);
    }

    [Test]
    public void Receiving_allocates_nothing()
    {
        using var socket = new SharedSocket(Base);
        Exchange(socket, count: 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var participants = Exchange(socket, count: 2_000);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(participants, Is.EqualTo(2_000L * 1_999 / 2));
    }

    private static long Exchange(SharedSocket socket, int count)
    {
        Span<byte> payload = stackalloc byte[100];
        for (var i = 0; i < count; i++)
        {
            socket.Send(participant: 0, IPv4.ToTransportAddress(socket.AddressOf(i), socket.Port), payload);
        }

        var participants = 0L;
        for (var received = 0; received < count; )
        {
            var batch = socket.Receive();
            for (var i = 0; i < batch; i++)
            {
                participants += socket.Get(i).Participant;
            }

            received += batch > 0 ? batch : count; // Loopback has delivered before sending returns.
        }

        return participants;
    }

    private static int ReceiveOne(ISwarmSocket socket)
    {
        socket.Wait(timeoutNanoseconds: 2_000_000_000);
        return socket.Receive();
    }
}
