namespace Spaces.Sfu.Routing;

/// <summary>One Opus packet of a speaker on its way to the room's home worker.</summary>
/// <remarks>A view: the payload belongs to the caller and is valid during the call it is passed to.</remarks>
/// <param name="mediaId">Whose it is.</param>
/// <param name="sequenceNumber">As the speaker numbered it.</param>
/// <param name="timestamp">As the speaker stamped it, at 48 kHz (RFC 7587 §4.1).</param>
/// <param name="hasMarker">The speaker says that it is the first after a silence.</param>
/// <param name="level">-dBov, 0 (loudest) to 127 (RFC 6464 §3), or <see cref="LevelUnknown"/>.</param>
/// <param name="payload">Opus, never RED.</param>
public readonly ref struct AudioPacket(
    uint mediaId,
    ushort sequenceNumber,
    uint timestamp,
    bool hasMarker,
    byte level,
    ReadOnlySpan<byte> payload
)
{
    /// <summary>The speaker's client did not negotiate audio levels.</summary>
    public const byte LevelUnknown = 0xFF;

    public uint MediaId { get; } = mediaId;

    public ushort SequenceNumber { get; } = sequenceNumber;

    public uint Timestamp { get; } = timestamp;

    public bool HasMarker { get; } = hasMarker;

    public byte Level { get; } = level;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
