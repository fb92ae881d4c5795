using System.Net;

namespace Grpc.Net.Client;

/// <summary>The body of a streaming call's request: stays open until the requests are complete.</summary>
internal sealed class RequestBody(RequestStream requests) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        await stream.FlushAsync(cancellationToken);
        requests.Open(stream);
        await requests.Completed.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
