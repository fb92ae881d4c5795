using System.Buffers.Binary;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>The frame types of RFC 9113 section 6.</summary>
internal enum FrameType : byte
{
    Data = 0x0,
    Headers = 0x1,
    Priority = 0x2,
    RstStream = 0x3,
    Settings = 0x4,
    PushPromise = 0x5,
    Ping = 0x6,
    GoAway = 0x7,
    WindowUpdate = 0x8,
    Continuation = 0x9,
    Unknown = 0x16,
}

/// <summary>The flags of frames; one number may mean different things.</summary>
internal static class Flag
{
    public const int None = 0x0;
    public const int EndStream = 0x1;
    public const int Ack = 0x1;
    public const int EndHeaders = 0x4;
    public const int Padded = 0x8;
    public const int Priority = 0x20;
}

/// <summary>The error codes of RFC 9113 section 7.</summary>
internal enum Http2Error : uint
{
    None = 0x0,
    Protocol = 0x1,
    Internal = 0x2,
    FlowControl = 0x3,
    StreamClosed = 0x5,
    FrameSize = 0x6,
    RefusedStream = 0x7,
    Cancel = 0x8,
    Compression = 0x9,
    EnhanceYourCalm = 0xb,
}

/// <summary>A frame that arrived.</summary>
internal sealed record Frame(FrameType Type, int Flags, int Stream, byte[] Payload)
{
    /// <summary>Of a RST_STREAM or GOAWAY.</summary>
    public Http2Error Error =>
        (Http2Error)BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));

    /// <summary>Of a GOAWAY: the last stream that the sender may have worked on.</summary>
    public int LastStream => BinaryPrimitives.ReadInt32BigEndian(Payload);

    public bool Has(int flag) => (Flags & flag) != 0;

    public override string ToString() =>
        Type is FrameType.GoAway or FrameType.RstStream
            ? $"{Type} on {Stream}: {Error}"
            : $"{Type} on {Stream}, flags {Flags}, {Payload.Length} bytes";
}
