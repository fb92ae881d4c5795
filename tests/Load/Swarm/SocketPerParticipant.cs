using System.Runtime.InteropServices;
using Spaces.Load.Interop;
using Spaces.Sfu.Protocol;

namespace Spaces.Load.Swarm;

/// <summary>A socket, and so a port, for each participant: works against a server anywhere.</summary>
/// <remarks>One <c>ppoll</c> asks all sockets; a few thousand are what an operator's machine serves so.</remarks>
internal sealed unsafe class SocketPerParticipant : ISwarmSocket
{
    private const int ReceiveBufferLength = 256 << 10;

    private readonly DatagramReceiver _receiver = new();
    private readonly UdpDescriptor[] _descriptors;
    private readonly Libc.PollDescriptor* _polls;
    private readonly uint[] _dropped;
    private int _next;
    private int _current;

    /// <exception cref="IOException">Fewer sockets can be opened than asked for.</exception>
    public SocketPerParticipant(int count)
    {
        _descriptors = new UdpDescriptor[count];
        _dropped = new uint[count];
        _polls = (Libc.PollDescriptor*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Libc.PollDescriptor));
        _next = count;
        for (var i = 0; i < count; i++)
        {
            _descriptors[i] = UdpDescriptor.Open(address: 0, port: 0, ReceiveBufferLength);
            _descriptors[i].ReportArrivals();
            _polls[i] = new Libc.PollDescriptor { Descriptor = _descriptors[i].Number, Events = Libc.PollIn };
        }
    }

    public long DroppedCount => _dropped.Sum(count => (long)count);

    public int Receive()
    {
        if (_next == _descriptors.Length)
        {
            _next = 0;
            Wait(timeoutNanoseconds: 0);
        }

        for (; _next < _descriptors.Length; _next++)
        {
            if (_polls[_next].Returned == 0)
            {
                continue;
            }

            var received = _receiver.Receive(_descriptors[_next].Number);
            if (received > 0)
            {
                _current = _next++;
                return received;
            }
        }

        return 0;
    }

    public ReceivedDatagram Get(int index)
    {
        var arrival = _receiver.Arrival(index);
        _dropped[_current] = Math.Max(_dropped[_current], arrival.DroppedBefore);
        return new ReceivedDatagram
        {
            Participant = _current,
            Source = _receiver.Source(index),
            ArrivedNanoseconds = arrival.Nanoseconds,
            Payload = _receiver.Payload(index),
        };
    }

    public void Send(int participant, TransportAddress remote, ReadOnlySpan<byte> payload)
    {
        var target = IPv4.ToSocketAddress(IPv4.ToNumber(remote), remote.Port);
        fixed (byte* bytes = payload)
        {
            var vector = new Libc.IoVector { Base = bytes, Length = (nuint)payload.Length };
            var message = new Libc.MessageHeader
            {
                Name = &target,
                NameLength = (uint)sizeof(Libc.SocketAddressIPv4),
                Vectors = &vector,
                VectorCount = 1,
            };
            _ = Libc.SendOne(_descriptors[participant].Number, &message, Libc.DontWait);
        }
    }

    public void Wait(long timeoutNanoseconds)
    {
        var timeout = SystemClock.ToTimeSpecification(Math.Max(0, timeoutNanoseconds));
        if (Libc.Poll(_polls, (nuint)_descriptors.Length, &timeout, null) <= 0)
        {
            for (var i = 0; i < _descriptors.Length; i++)
            {
                _polls[i].Returned = 0;
            }
        }
    }

    public void Dispose()
    {
        foreach (var descriptor in _descriptors)
        {
            descriptor?.Dispose();
        }

        NativeMemory.Free(_polls);
        _receiver.Dispose();
    }
}
