using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>The last 300 ms of one track, so that whoever gets a slot late is heard from the first syllable.</summary>
/// <remarks>
/// In the speaker's order, also when the network swapped packets. Buffers grow to what the track needs and are then
/// used again: no allocation in the long run. Not thread-safe: the room's home worker owns it.
/// </remarks>
internal sealed class RecentSpeech
{
    /// <summary>Whoever has spoken for longer was passed over for somebody louder: nothing to catch up on.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(300);

    private const int Capacity = 16;
    private const int BufferGrain = 128;

    private readonly Entry[] _entries = new Entry[Capacity];
    private int _start;

    public int Count { get; private set; }

    public void Add(in AudioPacket packet, Instant now)
    {
        if (Count == Capacity)
        {
            _start = (_start + 1) % Capacity;
            Count--;
        }

        var position = Count++;
        for (; position > 0 && IsBefore(packet.SequenceNumber, At(position - 1).SequenceNumber); position--)
        {
            (At(position), At(position - 1)) = (At(position - 1), At(position));
        }

        ref var entry = ref At(position);
        if (entry.Payload is null || entry.Payload.Length < packet.Payload.Length)
        {
            entry.Payload = new byte[(packet.Payload.Length + BufferGrain - 1) / BufferGrain * BufferGrain];
        }

        packet.Payload.CopyTo(entry.Payload);
        entry.Length = packet.Payload.Length;
        entry.SequenceNumber = packet.SequenceNumber;
        entry.Timestamp = packet.Timestamp;
        entry.HasMarker = packet.HasMarker;
        entry.Level = packet.Level;
        entry.ArrivedAt = now;
    }

    public void Clear() => (_start, Count) = (0, 0);

    /// <summary>The index of the first packet that came after <paramref name="since"/>.</summary>
    public int FirstSince(Instant since)
    {
        var index = 0;
        while (index < Count && At(index).ArrivedAt <= since)
        {
            index++;
        }

        return index;
    }

    public Instant ArrivedAt(int index) => At(index).ArrivedAt;

    /// <summary>A view; valid until the next <see cref="Add"/>.</summary>
    public AudioPacket Read(int index, uint mediaId)
    {
        ref var entry = ref At(index);
        return new AudioPacket(
            mediaId,
            entry.SequenceNumber,
            entry.Timestamp,
            entry.HasMarker,
            entry.Level,
            entry.Payload.AsSpan(0, entry.Length)
        );
    }

    private ref Entry At(int index) => ref _entries[(_start + index) % Capacity];

    private static bool IsBefore(ushort left, ushort right) => (short)(left - right) < 0;

    private struct Entry
    {
        public byte[]? Payload;
        public int Length;
        public ushort SequenceNumber;
        public uint Timestamp;
        public bool HasMarker;
        public byte Level;
        public Instant ArrivedAt;
    }
}
