using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Routing;

/// <summary>The last packets of every slot of some of a room's listeners, in clear, for whoever lost one.</summary>
/// <remarks>
/// <para>
/// Kept once for all listeners of one worker: what differs between them follows from their own row of numbers. A packet
/// is sent again under the same number, so it must come out the same to the byte. That is why nothing here ever changes
/// once it was written: a packet's redundancy is fixed when the packet comes, also if an older one comes after it.
/// </para>
/// <para>
/// Buffers grow to what the slots need and are then used again: no allocation in the long run. Not thread-safe: the
/// worker owns it.
/// </para>
/// </remarks>
internal sealed class SlotHistory(int slotCount)
{
    /// <summary>More than half a second of 20 ms frames; what is older has missed its moment.</summary>
    public const int Depth = 32;

    /// <summary>
    /// No jitter buffer waits so long. Shorter than <see cref="ListenerRepair.ChangeInterval"/>, so that how a packet
    /// went out can be told from its number.
    /// </summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(2);

    /// <summary>The most earlier frames that a packet may carry.</summary>
    public const int BlocksMax = 2;

    private const int BufferGrain = 128;
    private const int PacketLengthMax = RoomRouter.PayloadLengthMax + RedPayloadWriter.HeaderLengthMax + 16;
    private readonly Entry[] _entries = new Entry[(slotCount + 1) * Depth];
    private readonly byte[][] _red = [new byte[PacketLengthMax], new byte[PacketLengthMax]];
    private readonly int[] _redLengths = new int[BlocksMax];
    private readonly byte[] _again = new byte[PacketLengthMax];
    private int _newest;

    /// <summary>Keeps a packet.</summary>
    public void Add(in SlotPacket packet, Instant now)
    {
        _newest = IndexOf(packet.Position, packet.SequenceNumber);
        ref var entry = ref _entries[_newest];
        if (entry.Bytes is null || entry.Bytes.Length < packet.Bytes.Length)
        {
            entry.Bytes = new byte[(packet.Bytes.Length + BufferGrain - 1) / BufferGrain * BufferGrain];
        }

        packet.Bytes.CopyTo(entry.Bytes);
        entry.Length = packet.Bytes.Length;
        entry.SequenceNumber = packet.SequenceNumber;
        entry.Timestamp = packet.Timestamp;
        entry.Tenure = packet.Tenure;
        entry.AddedAt = now;
        entry.MediaId = packet.MediaId;
        entry.HasMarker = packet.HasMarker;
        entry.Position = packet.Position;
        entry.Blocks = CountBlocks(entry);
        Array.Clear(_redLengths);
    }

    /// <summary>What a participant said is sent to nobody again: they lost the right, or left.</summary>
    public void Forget(uint mediaId)
    {
        foreach (ref var entry in _entries.AsSpan())
        {
            if (entry.MediaId == mediaId)
            {
                entry.Length = 0;
            }
        }
    }

    /// <summary>
    /// The packet that was added last, with the frames before it (RED, RFC 2198): built once for all.
    /// </summary>
    /// <param name="blocks">How many earlier frames are wanted, and how many there are.</param>
    public ReadOnlySpan<byte> Newest(ref int blocks)
    {
        ref var entry = ref _entries[_newest];
        blocks = Math.Min(blocks, entry.Blocks);
        if (blocks == 0)
        {
            return entry.Bytes.AsSpan(0, entry.Length);
        }

        ref var length = ref _redLengths[blocks - 1];
        length = length > 0 ? length : WriteRed(entry, blocks, _red[blocks - 1]).Length;
        return _red[blocks - 1].AsSpan(0, length);
    }

    /// <summary>Finds a packet by the source that a listener had it from.</summary>
    /// <param name="tenure">The source.</param>
    /// <param name="number">The source's number.</param>
    /// <param name="blocks">How many earlier frames the listener took with it.</param>
    /// <param name="now">What is older than <see cref="AgeMax"/> is not found.</param>
    /// <param name="found">What was sent; valid until the next call.</param>
    public bool TryFind(uint tenure, ushort number, int blocks, Instant now, out StoredPacket found)
    {
        found = default;
        for (var position = 0; position <= slotCount; position++)
        {
            ref var entry = ref EntryOf(position, number);
            if (entry.Length == 0 || entry.Tenure != tenure || entry.SequenceNumber != number)
            {
                continue;
            }

            if (now - entry.AddedAt > AgeMax)
            {
                return false;
            }

            var carried = Math.Min(blocks, entry.Blocks);
            if (carried > 0 && CountIntact(entry, carried) < carried)
            {
                return false;
            }

            var bytes = carried == 0 ? entry.Bytes.AsSpan(0, entry.Length) : WriteRed(entry, carried, _again);
            found = new StoredPacket(entry.Timestamp, entry.HasMarker, carried, bytes);
            return true;
        }

        return false;
    }

    /// <summary>The header, then the frames from the oldest on (RFC 2198 §3).</summary>
    private ReadOnlySpan<byte> WriteRed(in Entry entry, int blocks, byte[] target)
    {
        var headerLength = RtpPacketView.FixedHeaderLength + sizeof(uint);
        entry.Bytes.AsSpan(0, headerLength).CopyTo(target);
        var writer = new RedPayloadWriter(target.AsSpan(headerLength));
        for (var back = blocks; back > 0; back--)
        {
            ref var earlier = ref EntryOf(entry.Position, (ushort)(entry.SequenceNumber - back));
            var data = earlier.Bytes.AsSpan(headerLength, earlier.Length - headerLength);
            writer.AddRedundant((int)(entry.Timestamp - earlier.Timestamp), data.Length);
        }

        writer.BeginData();
        for (var back = blocks; back >= 0; back--)
        {
            ref var part = ref EntryOf(entry.Position, (ushort)(entry.SequenceNumber - back));
            writer.AddData(part.Bytes.AsSpan(headerLength, part.Length - headerLength));
        }

        return target.AsSpan(0, headerLength + writer.Length);
    }

    /// <summary>How many frames before a new packet are here and fit its RED header.</summary>
    private int CountBlocks(in Entry entry)
    {
        var total = entry.Length;
        var blocks = CountIntact(entry, BlocksMax);
        for (var back = 1; back <= blocks; back++)
        {
            ref var earlier = ref EntryOf(entry.Position, (ushort)(entry.SequenceNumber - back));
            total += earlier.Length;
            if (
                earlier.Length > RedPayloadWriter.BlockLengthMax
                || entry.Timestamp - earlier.Timestamp > RedPayloadWriter.TimestampOffsetMax
                || total > RoomRouter.PayloadLengthMax
            )
            {
                return back - 1;
            }
        }

        return blocks;
    }

    private int CountIntact(in Entry entry, int most)
    {
        for (var back = 1; back <= most; back++)
        {
            var number = (ushort)(entry.SequenceNumber - back);
            ref var earlier = ref EntryOf(entry.Position, number);
            if (earlier.Length == 0 || earlier.Tenure != entry.Tenure || earlier.SequenceNumber != number)
            {
                return back - 1;
            }
        }

        return most;
    }

    private ref Entry EntryOf(int position, ushort number) => ref _entries[IndexOf(position, number)];

    private static int IndexOf(int position, ushort number) => (position * Depth) + (number % Depth);

    private struct Entry
    {
        public byte[]? Bytes;
        public int Length;
        public int Position;
        public int Blocks;
        public uint Tenure;
        public Instant AddedAt;
        public uint MediaId;
        public uint Timestamp;
        public ushort SequenceNumber;
        public bool HasMarker;
    }
}
