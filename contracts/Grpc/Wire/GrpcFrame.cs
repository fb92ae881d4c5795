using System.Buffers;

namespace Grpc.Wire;

/// <summary>One length-prefixed message, where it lies in the bytes that arrived.</summary>
/// <param name="IsCompressed">Whether the payload is in the call's <c>grpc-encoding</c>.</param>
/// <param name="Length">Of the payload in bytes, as the header says.</param>
/// <param name="Payload">Without the header.</param>
/// <param name="End">The first position after the message.</param>
internal readonly record struct GrpcFrame(
    bool IsCompressed,
    uint Length,
    ReadOnlySequence<byte> Payload,
    SequencePosition End
);
