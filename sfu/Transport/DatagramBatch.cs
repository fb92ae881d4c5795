using System.Runtime.InteropServices;
using Spaces.Sfu.Transport.Interop;

namespace Spaces.Sfu.Transport;

/// <summary>A fixed set of receive buffers, filled by one <c>recvmmsg</c> call.</summary>
/// <remarks>
/// Allocates only when made; the buffers are native, so the GC neither moves nor scans them. Not thread-safe: one
/// worker owns it.
/// </remarks>
public sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>How many datagrams one call takes in.</summary>
    public const int Capacity = 64;

    /// <summary>
    /// Longer datagrams are truncated by the kernel and dropped here: no peer of ours has a reason for one.
    /// </summary>
    public const int DatagramLengthMax = 1500;

    private const int BufferLength = 2048;
    private const int Alignment = 64;

    private byte* _payloads;
    private byte* _addresses;
    private Libc.IoVector* _vectors;
    private Libc.Message* _messages;

    public DatagramBatch()
    {
        _payloads = (byte*)NativeMemory.AlignedAlloc(Capacity * BufferLength, Alignment);
        _addresses = (byte*)NativeMemory.AlignedAlloc(Capacity * 32, Alignment);
        _vectors = (Libc.IoVector*)NativeMemory.AlignedAlloc(Capacity * (nuint)sizeof(Libc.IoVector), Alignment);
        _messages = (Libc.Message*)NativeMemory.AlignedAlloc(Capacity * (nuint)sizeof(Libc.Message), Alignment);
        for (var i = 0; i < Capacity; i++)
        {
            _vectors[i] = new Libc.IoVector { Base = _payloads + (i * BufferLength), Length = BufferLength };
            _messages[i] = default;
            _messages[i].Header.Name = _addresses + (i * 32);
            _messages[i].Header.Vectors = _vectors + i;
            _messages[i].Header.VectorCount = 1;
        }
    }

    /// <summary>
    /// The bytes of datagram <paramref name="index"/>; valid, and the caller's to change, until the next call.
    /// </summary>
    public Span<byte> this[int index] => new(_payloads + (index * BufferLength), (int)_messages[index].Length);

    /// <summary>Takes in what is there, up to the capacity, without waiting.</summary>
    /// <returns>How many datagrams; 0 when there are none or the kernel had an error to report.</returns>
    public int Receive(UdpSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        for (var i = 0; i < Capacity; i++)
        {
            _messages[i].Header.NameLength = SocketAddress.LengthMax; // The kernel overwrites it with what it wrote.
        }

        return Math.Max(
            0,
            Libc.ReceiveMany(socket.Descriptor, _messages, Capacity, Libc.MessageDoNotWait, timeout: null)
        );
    }

    public DatagramAddress Source(int index) =>
        SocketAddress.Read(new ReadOnlySpan<byte>(_addresses + (index * 32), SocketAddress.LengthMax));

    /// <summary>Whether datagram <paramref name="index"/> is longer than any peer of ours sends.</summary>
    public bool IsOversized(int index) =>
        _messages[index].Length > DatagramLengthMax || (_messages[index].Header.Flags & Libc.MessageTruncated) != 0;

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
}
