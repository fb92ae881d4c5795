namespace Spaces.Sfu.Routing;

/// <summary>A packet of one slot, built once for all of a room's listeners with that many slots.</summary>
/// <remarks>
/// A view: the spans belong to the caller and are valid during the call it is passed to. What differs between listeners
/// is patched into each one's copy: payload type, sequence number, timestamp and SSRC.
/// </remarks>
/// <param name="slotCount">Which listeners it is for: those with this many slots.</param>
/// <param name="position">The slot, or <paramref name="slotCount"/> for the spare.</param>
/// <param name="mediaId">Who speaks in it; that participant never hears it.</param>
/// <param name="tenure">Which holding of the position it is of: see <see cref="SpeakerSelector.TenureOf"/>.</param>
/// <param name="sequenceNumber">Of the slot's own row.</param>
/// <param name="timestamp">Of the slot's own row.</param>
/// <param name="hasMarker">The first after a silence or after a change of speaker.</param>
/// <param name="bytes">RTP header with one CSRC, then Opus.</param>
/// <param name="samples">How long it sounds, at 48 kHz.</param>
/// <param name="age">How long it waited at home: more than nothing for what a new speaker said before the slot.</param>
/// <param name="holders">
/// For the spare: who holds the slots, by media id, 0 for nobody. For a packet with an age: who heard it already,
/// likewise. Else empty.
/// </param>
public readonly ref struct SlotPacket(
    int slotCount,
    int position,
    uint mediaId,
    uint tenure,
    ushort sequenceNumber,
    uint timestamp,
    bool hasMarker,
    int samples,
    TimeSpan age,
    ReadOnlySpan<byte> bytes,
    ReadOnlySpan<uint> holders
)
{
    public int SlotCount { get; } = slotCount;

    public int Position { get; } = position;

    public uint MediaId { get; } = mediaId;

    public uint Tenure { get; } = tenure;

    public ushort SequenceNumber { get; } = sequenceNumber;

    public uint Timestamp { get; } = timestamp;

    public bool HasMarker { get; } = hasMarker;

    public int Samples { get; } = samples;

    public TimeSpan Age { get; } = age;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public ReadOnlySpan<uint> Holders { get; } = holders;

    /// <summary>The loudest who has no slot: heard, each in their own slot, by those who hold one.</summary>
    public bool IsSpare => Position == SlotCount;
}
