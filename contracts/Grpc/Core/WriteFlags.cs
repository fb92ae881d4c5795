namespace Grpc.Core;

/// <summary>Wishes for one message.</summary>
[Flags]
public enum WriteFlags
{
    None = 0,

    /// <summary>More follows at once, so the message need not be sent yet.</summary>
    BufferHint = 0x1,

    /// <summary>Send this message as it is, also where compression is on.</summary>
    NoCompress = 0x2,
}
