using System.Runtime.InteropServices;
using Spaces.Sfu.Transport.Interop;

namespace Spaces.Sfu.Transport;

/// <summary>Outgoing datagrams of one socket, written in place and sent by one <c>sendmmsg</c> call.</summary>
/// <remarks>
/// Hot path: no allocation. Headers, vectors, addresses and buffers are native and prebuilt; a datagram costs one
/// address write and one length. <see cref="Rent"/>, fill, <see cref="Commit"/>; a rented buffer that is not committed
/// is handed out again. Not thread-safe: one worker owns it.
/// </remarks>
public sealed unsafe class SendBatch : IDatagramSender, IDisposable
{
    /// <summary>
    /// Of 64, 256 and 1,024 the smallest was as cheap a datagram, and it keeps the first one's wait short.
    /// </summary>
    public const int Capacity = 64;

    /// <summary>Room for the longest datagram this node sends, with the SRTP overhead.</summary>
    public const int DatagramLengthMax = 1600;

    private const int BufferLength = 1664; // DatagramLengthMax rounded up to a multiple of the alignment
    private const int AddressLength = 32;
    private const int Alignment = 64;

    /// <summary>
    /// A full send buffer empties at line rate; longer than this would starve what the worker receives.
    /// </summary>
    private const int FullBufferWaitMilliseconds = 2;

    private readonly UdpSocket _socket;
    private readonly WorkerCounters _counters;
    private byte* _payloads;
    private byte* _addresses;
    private Libc.IoVector* _vectors;
    private Libc.Message* _messages;
    private int _count;

    public SendBatch(UdpSocket socket, WorkerCounters counters)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        _counters = counters;
        _payloads = (byte*)NativeMemory.AlignedAlloc(Capacity * BufferLength, Alignment);
        _addresses = (byte*)NativeMemory.AlignedAlloc(Capacity * AddressLength, Alignment);
        _vectors = (Libc.IoVector*)NativeMemory.AlignedAlloc(Capacity * (nuint)sizeof(Libc.IoVector), Alignment);
        _messages = (Libc.Message*)NativeMemory.AlignedAlloc(Capacity * (nuint)sizeof(Libc.Message), Alignment);
        for (var i = 0; i < Capacity; i++)
        {
            _vectors[i] = new Libc.IoVector { Base = _payloads + (i * BufferLength) };
            _messages[i] = default;
            _messages[i].Header.Name = _addresses + (i * AddressLength);
            _messages[i].Header.NameLength = (uint)SocketAddress.LengthOf(socket.Family);
            _messages[i].Header.Vectors = _vectors + i;
            _messages[i].Header.VectorCount = 1;
        }
    }

    /// <summary>
    /// A buffer of <see cref="DatagramLengthMax"/> bytes for the next datagram; sends first when full.
    /// </summary>
    public Span<byte> Rent(DatagramAddress destination)
    {
        if (_count == Capacity)
        {
            Flush();
        }

        SocketAddress.Write(
            new Span<byte>(_addresses + (_count * AddressLength), SocketAddress.LengthMax),
            _socket.Family,
            destination
        );
        return Rented;
    }

    /// <summary>The buffer that was rented last, for whoever could not keep the span.</summary>
    public Span<byte> Rented => new(_payloads + (_count * BufferLength), DatagramLengthMax);

    /// <summary>Queues the rented buffer's first <paramref name="length"/> bytes.</summary>
    public void Commit(int length)
    {
        _vectors[_count].Length = (nuint)length;
        _count++;
    }

    /// <summary>
    /// Sends what is queued. A datagram that the kernel refuses is counted and passed over; what does not fit a full
    /// send buffer after a short wait is dropped: late audio is worth nothing.
    /// </summary>
    public void Flush()
    {
        var sent = 0;
        var hasWaited = false;
        while (sent < _count)
        {
            var result = Libc.SendMany(
                _socket.Descriptor,
                _messages + sent,
                (uint)(_count - sent),
                Libc.MessageDoNotWait | Libc.MessageNoSignal
            );
            if (result > 0)
            {
                sent += result;
                _counters.Sent += result;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is Libc.ErrorTryAgain or Libc.ErrorNoBuffers)
            {
                _counters.SendBufferFull++;
                if (hasWaited)
                {
                    _counters.SendDropped += _count - sent;
                    break;
                }

                hasWaited = true;
                WaitUntilWritable();
            }
            else if (error != Libc.ErrorInterrupted)
            {
                _counters.SendRefused++;
                sent++;
            }
        }

        _count = 0;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_payloads);
        NativeMemory.AlignedFree(_addresses);
        NativeMemory.AlignedFree(_vectors);
        NativeMemory.AlignedFree(_messages);
        _payloads = null;
        _addresses = null;
        _vectors = null;
        _messages = null;
    }

    private void WaitUntilWritable()
    {
        var request = new Libc.PollRequest { Descriptor = _socket.Descriptor, Events = Libc.PollWritable };
        _ = Libc.Poll(&request, 1, FullBufferWaitMilliseconds);
    }
}
