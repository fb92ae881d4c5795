namespace Spaces.Sfu.Routing;

/// <summary>A packet of a slot as it went out before.</summary>
/// <param name="timestamp">Of the slot's own row.</param>
/// <param name="hasMarker">As in <see cref="SlotPacket.HasMarker"/>.</param>
/// <param name="blocks">How many earlier frames it carries; with none it is plain Opus.</param>
/// <param name="bytes">RTP header with one CSRC, then Opus or RED.</param>
internal readonly ref struct StoredPacket(uint timestamp, bool hasMarker, int blocks, ReadOnlySpan<byte> bytes)
{
    public uint Timestamp { get; } = timestamp;

    public bool HasMarker { get; } = hasMarker;

    public int Blocks { get; } = blocks;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}
