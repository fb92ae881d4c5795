namespace Grpc.Core;

/// <summary>Wishes for the messages that a stream writes from now on.</summary>
public class WriteOptions(WriteFlags flags = WriteFlags.None)
{
    public static readonly WriteOptions Default = new();

    public WriteFlags Flags { get; } = flags;
}
