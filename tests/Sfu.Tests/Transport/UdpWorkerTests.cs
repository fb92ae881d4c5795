using System.Net;
using System.Net.Sockets;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Tests.Transport;

[TestFixture]
internal sealed class UdpWorkerTests
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);

    [Test]
    public void A_datagram_that_makes_the_handler_throw_costs_only_itself()
    {
        using var socket = UdpSocket.Bind(IPAddress.Loopback, 0);
        using var worker = new UdpWorker("test", [socket]);
        var handler = new EchoHandler(worker);
        worker.Start(handler);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        client.Client.ReceiveTimeout = (int)WaitMax.TotalMilliseconds;
        var server = new IPEndPoint(IPAddress.Loopback, socket.Port);

        client.Send([EchoHandler.Poison], server);
        client.Send([7], server);

        IPEndPoint? source = null;
        Assert.That(client.Receive(ref source), Is.EqualTo(new byte[] { 7 }));
        Assert.That(source, Is.EqualTo(server));
        Assert.That(worker.Counters.Faults, Is.EqualTo(1));
        Assert.That(handler.Faults, Is.EqualTo(1));
    }

    [Test]
    public void A_wake_up_from_another_thread_makes_it_take_a_turn()
    {
        using var socket = UdpSocket.Bind(IPAddress.Loopback, 0);
        using var worker = new UdpWorker("test", [socket]);
        var handler = new EchoHandler(worker);
        worker.Start(handler);

        for (var i = 0; i < 1000; i++)
        {
            using var turned = new ManualResetEventSlim();
            handler.OnTurn = turned.Set;
            worker.Wake();
            Assert.That(turned.Wait(WaitMax), $"Wake-up {i} was lost.");
        }
    }

    [Test]
    public void A_deadline_is_met_without_any_datagram()
    {
        using var socket = UdpSocket.Bind(IPAddress.Loopback, 0);
        using var worker = new UdpWorker("test", [socket]);
        using var turns = new CountdownEvent(5);
        var handler = new EchoHandler(worker) { Interval = TimeSpan.FromMilliseconds(5) };
        handler.OnTurn = () =>
        {
            if (!turns.IsSet)
            {
                turns.Signal();
            }
        };
        worker.Start(handler);

        Assert.That(turns.Wait(WaitMax));
    }

    private sealed class EchoHandler(UdpWorker worker) : IUdpWorkerHandler
    {
        public const byte Poison = 66;

        private int _faults;

        private volatile Action _onTurn = () => { };

        public Action OnTurn
        {
            set => _onTurn = value;
        }

        public TimeSpan Interval { get; init; } = TimeSpan.FromHours(1);

        public int Faults => Volatile.Read(ref _faults);

        public void HandleDatagram(long nowNanoseconds, int socket, DatagramAddress source, Span<byte> datagram)
        {
            if (datagram[0] == Poison)
            {
                throw new InvalidOperationException("A fault.");
            }

            datagram.CopyTo(worker.Sends(socket).Rent(source));
            worker.Sends(socket).Commit(datagram.Length);
        }

        public long HandleTurn(long nowNanoseconds)
        {
            _onTurn();
            return nowNanoseconds + (long)Interval.TotalNanoseconds;
        }

        public void HandleFlushed() { }

        public void HandleFault(Exception exception) => Interlocked.Increment(ref _faults);
    }
}
