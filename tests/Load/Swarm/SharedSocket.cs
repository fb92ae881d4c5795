using System.Buffers.Binary;
using Spaces.Load.Interop;
using Spaces.Sfu.Protocol;

namespace Spaces.Load.Swarm;

/// <summary>
/// One socket for all participants: participant i has the i-th address after a base, all of one local network, and
/// everybody the same port. One <c>recvmmsg</c> serves thousands.
/// </summary>
/// <remarks>
/// The addresses need no configuration where the whole network is local: 127.0.0.0/8, or a network that
/// <c>ip route add local</c> gave to the machine. The socket is bound to no address; each datagram carries its own.
/// </remarks>
internal sealed unsafe class SharedSocket : ISwarmSocket
{
    /// <summary>
    /// A burst to some tens of thousands of participants; the kernel counts about 1 KiB for a small datagram.
    /// </summary>
    private const int ReceiveBufferLength = 64 << 20;

    private readonly DatagramReceiver _receiver = new();
    private readonly UdpDescriptor _descriptor;
    private readonly uint _baseAddress;

    /// <param name="baseAddress">The address of participant 0, host order.</param>
    public SharedSocket(uint baseAddress)
    {
        _baseAddress = baseAddress;
        _descriptor = UdpDescriptor.Open(address: 0, port: 0, ReceiveBufferLength);
        _descriptor.ReportArrivals();
    }

    public long DroppedCount { get; private set; }

    public ushort Port => _descriptor.Port;

    public uint AddressOf(int participant) => _baseAddress + (uint)participant;

    public int Receive() => _receiver.Receive(_descriptor.Number);

    public ReceivedDatagram Get(int index)
    {
        var arrival = _receiver.Arrival(index);
        DroppedCount = Math.Max(DroppedCount, arrival.DroppedBefore);
        return new ReceivedDatagram
        {
            Participant = (int)(arrival.Destination - _baseAddress),
            Source = _receiver.Source(index),
            ArrivedNanoseconds = arrival.Nanoseconds,
            Payload = _receiver.Payload(index),
        };
    }

    public void Send(int participant, TransportAddress remote, ReadOnlySpan<byte> payload)
    {
        var target = IPv4.ToSocketAddress(IPv4.ToNumber(remote), remote.Port);
        var control = stackalloc ulong[4];
        var header = (Libc.ControlHeader*)control;
        header->Length = (nuint)(sizeof(Libc.ControlHeader) + sizeof(Libc.PacketInformationIPv4));
        header->Level = Libc.IpLevel;
        header->Type = Libc.PacketInformation;
        *(Libc.PacketInformationIPv4*)(header + 1) = new Libc.PacketInformationIPv4
        {
            LocalAddress = BinaryPrimitives.ReverseEndianness(AddressOf(participant)),
        };
        fixed (byte* bytes = payload)
        {
            var vector = new Libc.IoVector { Base = bytes, Length = (nuint)payload.Length };
            var message = new Libc.MessageHeader
            {
                Name = &target,
                NameLength = (uint)sizeof(Libc.SocketAddressIPv4),
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = 4 * sizeof(ulong),
            };
            _ = Libc.SendOne(_descriptor.Number, &message, Libc.DontWait);
        }
    }

    public void Wait(long timeoutNanoseconds)
    {
        var poll = new Libc.PollDescriptor { Descriptor = _descriptor.Number, Events = Libc.PollIn };
        var timeout = SystemClock.ToTimeSpecification(Math.Max(0, timeoutNanoseconds));
        _ = Libc.Poll(&poll, 1, &timeout, null);
    }

    public void Dispose()
    {
        _descriptor.Dispose();
        _receiver.Dispose();
    }
}
