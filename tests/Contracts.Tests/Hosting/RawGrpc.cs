using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Wire;

namespace Spaces.Contracts.Tests.Hosting;

/// <summary>A gRPC request made by hand, to say what no client would.</summary>
internal static class RawGrpc
{
    public const string Say = "/spaces.tests.v1.EchoService/Say";

    public static byte[] Frame(IMessage message, bool compressed = false)
    {
        var payload = message.ToByteArray();
        var frame = new byte[GrpcFraming.HeaderLength + payload.Length];
        GrpcFraming.WriteHeader(frame, compressed, payload.Length);
        payload.CopyTo(frame, GrpcFraming.HeaderLength);
        return frame;
    }

    /// <returns>The response with its whole body read, so that its trailers are there.</returns>
    public static async Task<HttpResponseMessage> SendAsync(
        EchoServer server,
        byte[] body,
        string path = Say,
        Action<HttpRequestMessage>? change = null
    )
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(handler) { Timeout = TestClock.Patience };
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri($"http://{server.Http2Address.Authority}{path}", options)
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        change?.Invoke(request);
        return await http.SendAsync(request);
    }

    /// <summary>The status in the headers of a trailers-only response, else in the trailers; null for none.</summary>
    public static string? StatusOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("grpc-status", out var values)
        || response.TrailingHeaders.TryGetValues("grpc-status", out values)
            ? values.Single()
            : null;
}
