using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller puts the bytes of one message.</summary>
/// <remarks>
/// Either <see cref="Complete(byte[])"/> alone, or the length, the buffer writer, and <see cref="Complete()"/>.
/// </remarks>
public abstract class SerializationContext
{
    /// <summary>Hands over the whole message.</summary>
    public abstract void Complete(byte[] payload);

    /// <summary>Says how many bytes will be written, before any is.</summary>
    public abstract void SetPayloadLength(int payloadLength);

    public abstract IBufferWriter<byte> GetBufferWriter();

    /// <summary>Says that the buffer writer has the whole message.</summary>
    public abstract void Complete();
}
