using System.Net;
using System.Net.Sockets;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Tests.Transport;

[TestFixture("127.0.0.1")]
[TestFixture("::1")]
internal sealed class UdpLoopbackTests(string address)
{
    private readonly IPAddress _address = IPAddress.Parse(address);
    private WorkerCounters _counters = null!;
    private UdpSocket _server = null!;
    private Socket _client = null!;
    private DatagramBatch _received = null!;
    private SendBatch _sends = null!;

    [SetUp]
    public void SetUp()
    {
        _counters = new WorkerCounters();
        _server = UdpSocket.Bind(_address, 0);
        _client = new Socket(_address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        _client.Bind(new IPEndPoint(_address, 0));
        _received = new DatagramBatch();
        _sends = new SendBatch(_server, _counters);
    }

    [TearDown]
    public void TearDown()
    {
        _sends.Dispose();
        _received.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    private DatagramAddress ClientAddress => DatagramAddress.From(_address, ((IPEndPoint)_client.LocalEndPoint!).Port);

    [Test]
    public void One_call_takes_in_several_datagrams_with_their_source()
    {
        for (byte i = 0; i < 3; i++)
        {
            _client.SendTo([i, i, i], new IPEndPoint(_address, _server.Port));
        }

        var count = _received.Receive(_server);

        Assert.That(count, Is.EqualTo(3));
        for (byte i = 0; i < 3; i++)
        {
            Assert.That(_received[i].ToArray(), Is.EqualTo(new[] { i, i, i }));
            Assert.That(_received.Source(i), Is.EqualTo(ClientAddress));
            Assert.That(_received.IsOversized(i), Is.False);
        }

        Assert.That(_received.Receive(_server), Is.Zero, "Nothing is left, and nothing waits.");
    }

    [Test]
    public void A_datagram_longer_than_any_of_ours_is_recognized()
    {
        _client.SendTo(new byte[DatagramBatch.DatagramLengthMax + 1], new IPEndPoint(_address, _server.Port));
        _client.SendTo(new byte[8000], new IPEndPoint(_address, _server.Port));

        Assert.That(_received.Receive(_server), Is.EqualTo(2));
        Assert.That(_received.IsOversized(0));
        Assert.That(_received.IsOversized(1));
    }

    [Test]
    public void More_than_a_batch_is_sent_in_order_and_from_the_bound_address()
    {
        const int count = (SendBatch.Capacity * 2) + 5;
        for (var i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(_sends.Rent(ClientAddress), i);
            _sends.Commit(sizeof(int));
        }

        _sends.Flush();

        var buffer = new byte[64];
        EndPoint source = new IPEndPoint(_address, 0);
        for (var i = 0; i < count; i++)
        {
            Assert.That(_client.ReceiveFrom(buffer, ref source), Is.EqualTo(sizeof(int)));
            Assert.That(BitConverter.ToInt32(buffer), Is.EqualTo(i));
            Assert.That(source, Is.EqualTo(new IPEndPoint(_address, _server.Port)));
        }

        Assert.That(_counters.Sent, Is.EqualTo(count));
    }

    [Test]
    public void A_refused_datagram_is_counted_and_does_not_hold_up_the_others()
    {
        var nowhere = new DatagramAddress(ClientAddress.Ip, 0); // Port 0 cannot be sent to: EINVAL.
        foreach (var destination in new[] { ClientAddress, nowhere, ClientAddress })
        {
            _sends.Rent(destination)[0] = 1;
            _sends.Commit(1);
        }

        _sends.Flush();

        Assert.That(_counters.SendRefused, Is.EqualTo(1));
        Assert.That(_counters.Sent, Is.EqualTo(2));
    }

    [Test]
    public void A_rented_buffer_that_is_not_committed_is_not_sent()
    {
        _sends.Rent(ClientAddress)[0] = 1;
        _sends.Flush();
        Assert.That(_counters.Sent, Is.Zero);
    }

    [Test]
    public void A_taken_port_is_refused_with_its_address()
    {
        var failure = Assert.Throws<IOException>(() => UdpSocket.Bind(_address, _server.Port))!;
        Assert.That(failure.Message, Does.Contain("the port is taken"));
    }

    [Test]
    public void Sending_and_receiving_allocate_nothing()
    {
        var target = DatagramAddress.From(_address, _server.Port);
        RoundTrips(target, 10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        RoundTrips(target, 1000);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void RoundTrips(DatagramAddress target, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _sends.Rent(target)[0] = 1;
            _sends.Commit(1);
            _sends.Flush();
            var received = _received.Receive(_server);
            for (var datagram = 0; datagram < received; datagram++)
            {
                _ = _received.Source(datagram);
            }
        }
    }
}
