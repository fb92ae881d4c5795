using System.Net;

namespace Grpc.Net.Client;

/// <summary>The body of a call with one request: its frame, and the end.</summary>
internal sealed class SingleRequestBody(ReadOnlyMemory<byte> frame) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    ) => await stream.WriteAsync(frame, cancellationToken);

    /// <summary>No length: gRPC's own framing says it.</summary>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
