using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Spaces.Load.Interop;
using Spaces.Sfu.Protocol;

namespace Spaces.Load.Swarm;

/// <summary>
/// Native buffers that one <c>recvmmsg</c> call fills: payload, source, destination and kernel timestamp.
/// </summary>
/// <remarks>Allocates only when made.</remarks>
internal sealed unsafe class DatagramReceiver : IDisposable
{
    private const int Capacity = 64;
    private const int DatagramLengthMax = 2048;
    private const int ControlLengthMax = 128; // Destination, timestamp and overflow counter take 88.

    private readonly Libc.Message* _messages = Allocate<Libc.Message>(Capacity);
    private readonly Libc.IoVector* _vectors = Allocate<Libc.IoVector>(Capacity);
    private readonly Libc.SocketAddressIPv4* _sources = Allocate<Libc.SocketAddressIPv4>(Capacity);
    private readonly byte* _payloads = Allocate<byte>(Capacity * DatagramLengthMax);
    private readonly byte* _controls = Allocate<byte>(Capacity * ControlLengthMax);

    /// <summary>Reads what is there, up to 64 datagrams, without waiting.</summary>
    /// <returns>How many; 0 when there is nothing, also when the socket only had an ICMP error to tell.</returns>
    /// <exception cref="IOException">The system call failed for a reason of this process.</exception>
    public int Receive(int socket)
    {
        for (var i = 0; i < Capacity; i++)
        {
            _vectors[i] = new Libc.IoVector { Base = _payloads + (i * DatagramLengthMax), Length = DatagramLengthMax };
            _messages[i].Header = new Libc.MessageHeader
            {
                Name = _sources + i,
                NameLength = (uint)sizeof(Libc.SocketAddressIPv4),
                Vectors = _vectors + i,
                VectorCount = 1,
                Control = _controls + (i * ControlLengthMax),
                ControlLength = ControlLengthMax,
            };
        }

        var received = Libc.ReceiveMany(socket, _messages, Capacity, Libc.DontWait, timeout: null);
        if (received >= 0)
        {
            return received;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is Libc.WouldBlock or Libc.Interrupted or Libc.ConnectionRefused
            ? 0
            : throw new IOException($"recvmmsg: errno {error}.");
    }

    public Span<byte> Payload(int index) => new(_payloads + (index * DatagramLengthMax), (int)_messages[index].Length);

    public TransportAddress Source(int index) =>
        IPv4.ToTransportAddress(
            BinaryPrimitives.ReverseEndianness(_sources[index].Address),
            BinaryPrimitives.ReverseEndianness(_sources[index].Port)
        );

    /// <summary>What the kernel told beside the payload.</summary>
    /// <remarks>Fields that the socket did not ask for stay 0.</remarks>
    public Arrival Arrival(int index)
    {
        var arrival = default(Arrival);
        var control = (byte*)_messages[index].Header.Control;
        var left = (long)_messages[index].Header.ControlLength;
        while (left >= sizeof(Libc.ControlHeader))
        {
            var header = (Libc.ControlHeader*)control;
            var data = control + sizeof(Libc.ControlHeader);
            if (header->Length < (nuint)sizeof(Libc.ControlHeader))
            {
                break;
            }

            if (header->Level == Libc.IpLevel && header->Type == Libc.PacketInformation)
            {
                var information = (Libc.PacketInformationIPv4*)data;
                arrival.Destination = BinaryPrimitives.ReverseEndianness(information->HeaderDestination);
            }
            else if (header->Level == Libc.SocketLevel && header->Type == Libc.TimestampNanoseconds)
            {
                var time = (Libc.TimeSpecification*)data;
                arrival.Nanoseconds = (time->Seconds * 1_000_000_000) + time->Nanoseconds;
            }
            else if (header->Level == Libc.SocketLevel && header->Type == Libc.QueueOverflow)
            {
                arrival.DroppedBefore = *(uint*)data;
            }

            var length = ((long)header->Length + 7) & ~7L;
            control += length;
            left -= length;
        }

        return arrival;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_messages);
        NativeMemory.AlignedFree(_vectors);
        NativeMemory.AlignedFree(_sources);
        NativeMemory.AlignedFree(_payloads);
        NativeMemory.AlignedFree(_controls);
    }

    private static T* Allocate<T>(int count)
        where T : unmanaged
    {
        var memory = (T*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(T)), alignment: 64);
        new Span<byte>(memory, count * sizeof(T)).Clear();
        return memory;
    }
}

/// <summary>Where and when a datagram arrived, from the kernel's control messages.</summary>
internal struct Arrival
{
    /// <summary>The address it was sent to, host order.</summary>
    public uint Destination;

    /// <summary>Wall time, nanoseconds.</summary>
    public long Nanoseconds;

    /// <summary>How many datagrams the socket has dropped since it was opened.</summary>
    public uint DroppedBefore;
}
