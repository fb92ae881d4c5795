using System.Collections.Concurrent;
using System.Net;

namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>Carries a client's calls and notes which response messages came compressed.</summary>
internal sealed class WitnessingHandler() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
{
    /// <summary>One entry per message received, in order.</summary>
    public ConcurrentQueue<bool> Compressed { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        var content = new WitnessedContent(response.Content, Compressed);
        foreach (var header in response.Content.Headers.NonValidated)
        {
            content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        response.Content = content;
        return response;
    }

    private sealed class WitnessedContent(HttpContent inner, ConcurrentQueue<bool> compressed) : HttpContent
    {
        protected override async Task<Stream> CreateContentReadStreamAsync() =>
            new FrameWitness(await inner.ReadAsStreamAsync(), compressed);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
