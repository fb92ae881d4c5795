using System.Runtime.InteropServices;

namespace Spaces.Sfu.Transport;

/// <summary>
/// A queue of byte frames from one thread to one other: fixed native buffers, no lock, no allocation.
/// </summary>
/// <remarks>
/// Single producer, single consumer. Each side writes its own position only, and keeps a copy of the other's so that it
/// touches the shared cache line only when the copy says full or empty. A full ring refuses: audio is dropped rather
/// than waited for.
/// </remarks>
public sealed unsafe class PacketRing : IDisposable
{
    /// <summary>The longest frame: a datagram and the ring's users' heads.</summary>
    public const int FrameLengthMax = 2044;

    private const int SlotLength = 2048;
    private const int Alignment = 64;

    private readonly int _capacity;
    private byte* _slots;
    private Positions _positions;

    /// <param name="capacity">
    /// A power of two. 1,024 frames are 2 MiB: a third of a second of 60 open microphones.
    /// </param>
    public PacketRing(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(capacity & (capacity - 1), 0, nameof(capacity));
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _capacity = capacity;
        _slots = (byte*)NativeMemory.AlignedAlloc((nuint)capacity * SlotLength, Alignment);
    }

    /// <summary>Frames refused because the ring was full. Written by the producer.</summary>
    public long Refused { get; private set; }

    /// <summary>
    /// For the producer: a buffer of <see cref="FrameLengthMax"/> bytes, or false when the ring is full.
    /// </summary>
    public bool TryRent(out Span<byte> frame)
    {
        var write = _positions.Write;
        if (write - _positions.ReadSeenByProducer == _capacity)
        {
            _positions.ReadSeenByProducer = Volatile.Read(ref _positions.Read);
            if (write - _positions.ReadSeenByProducer == _capacity)
            {
                Refused++;
                frame = default;
                return false;
            }
        }

        frame = new Span<byte>(Slot(write) + sizeof(int), FrameLengthMax);
        return true;
    }

    /// <summary>For the producer: hands over the rented buffer's first <paramref name="length"/> bytes.</summary>
    public void Commit(int length)
    {
        *(int*)Slot(_positions.Write) = length;
        Volatile.Write(ref _positions.Write, _positions.Write + 1);
    }

    /// <summary>
    /// For the consumer: the oldest frame, valid until <see cref="Release"/>; false when there is none.
    /// </summary>
    public bool TryPeek(out ReadOnlySpan<byte> frame)
    {
        var read = _positions.Read;
        if (read == _positions.WriteSeenByConsumer)
        {
            _positions.WriteSeenByConsumer = Volatile.Read(ref _positions.Write);
            if (read == _positions.WriteSeenByConsumer)
            {
                frame = default;
                return false;
            }
        }

        var slot = Slot(read);
        frame = new ReadOnlySpan<byte>(slot + sizeof(int), *(int*)slot);
        return true;
    }

    /// <summary>For the consumer: gives the peeked frame's buffer back.</summary>
    public void Release() => Volatile.Write(ref _positions.Read, _positions.Read + 1);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_slots);
        _slots = null;
    }

    private byte* Slot(long position) => _slots + ((position & (_capacity - 1)) * SlotLength);

    /// <summary>
    /// The producer's fields and the consumer's two cache lines apart, so that neither slows the other.
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Positions
    {
        [FieldOffset(128)]
        public long Write;

        [FieldOffset(136)]
        public long ReadSeenByProducer;

        [FieldOffset(256)]
        public long Read;

        [FieldOffset(264)]
        public long WriteSeenByConsumer;
    }
}
