using System.IO.Pipelines;
using System.Text;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Connect;
using Grpc.AspNetCore.Server.Web;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Wire;

/// <summary>
/// Whole request bodies and queries of gRPC-Web and Connect, mutated: each is read to its end or refused, as a handler
/// would see it.
/// </summary>
internal static class FuzzedBodies
{
    private const int LengthMax = 200;

    private static readonly Method<SayRequest, SayResponse> Method = new(
        MethodType.ClientStreaming,
        "spaces.tests.v1.EchoService",
        "Collect",
        Marshallers.Create(message => message.ToByteArray(), SayRequest.Parser.ParseFrom),
        Marshallers.Create(message => message.ToByteArray(), SayResponse.Parser.ParseFrom)
    );
    private static readonly ConnectCodec<SayRequest, SayResponse> Codec = new(
        Method,
        SayRequest.Descriptor,
        sendLengthMax: null
    );
    private static readonly Marshaller<SayRequest> Json = Codec.MethodIn(ConnectEncoding.Json).RequestMarshaller;
    private static readonly GrpcWebTextProtocol WebText = new();

    private static readonly byte[] Message = new SayRequest { Text = "grün", Times = 7 }.ToByteArray();
    private static readonly byte[] JsonMessage = Encoding.UTF8.GetBytes(
        """{"text":"gr\u00fcn","times":7,"hang":false}"""
    );
    private static readonly byte[] End = Encoding.UTF8.GetBytes("""{"error":{"code":"aborted"}}""");

    /// <summary>Base64 of frames, now and then with padding between them.</summary>
    public static bool FeedWebText(Random random)
    {
        var body = new List<byte>();
        for (var frames = random.Next(3); frames >= 0; frames--)
        {
            var frame = GrpcFraming.Frame(flags: 0, Message);
            body.AddRange(Encoding.ASCII.GetBytes(Convert.ToBase64String(frame)));
        }
        return Reads(random, body, Method.RequestMarshaller, WebText.BodyOf);
    }

    /// <summary>Frames of JSON, and now and then the one that ends a stream.</summary>
    public static bool FeedConnectStream(Random random)
    {
        var body = new List<byte>();
        for (var frames = random.Next(3); frames >= 0; frames--)
        {
            body.AddRange(GrpcFraming.Frame(flags: 0, JsonMessage));
        }
        if (random.Next(4) == 0)
        {
            body.AddRange(GrpcFraming.Frame(flags: 2, End));
        }
        return Reads(random, body, Json, request => PipeReader.Create(request.Body));
    }

    public static bool FeedConnectGet(Random random)
    {
        var isBase64 = random.Next(2) == 0;
        var message = isBase64
            ? Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(JsonMessage))
            : JsonMessage;
        var query = new QueryCollection(
            new Dictionary<string, StringValues>
            {
                ["message"] = Encoding.Latin1.GetString([.. Mutated(random, [.. message])]),
                ["base64"] = isBase64 ? "1" : "",
            }
        );
        try
        {
            return Codec.Parse(ConnectRequest.MessageOf(query), ConnectEncoding.Json) is not null;
        }
        catch (ConnectRefusal)
        {
            return false;
        }
    }

    /// <summary>Everything is there at once, so that no read ever waits.</summary>
    private static bool Reads(
        Random random,
        List<byte> body,
        Marshaller<SayRequest> marshaller,
        Func<HttpRequest, PipeReader> open
    )
    {
        var http = new DefaultHttpContext(new FeatureCollection());
        http.Features.Set<IHttpRequestFeature>(
            new HttpRequestFeature { Body = new MemoryStream([.. Mutated(random, body)]) }
        );
        using var cancellation = new CallCancellation(timeout: null, TimeProvider.System, request: null);
        var messages = new MessageReader<SayRequest>(open(http.Request), marshaller, LengthMax, isGzip: false);
        var reader = new ServerStreamReader<SayRequest>(messages, cancellation);
        try
        {
            while (reader.MoveNext(CancellationToken.None).GetAwaiter().GetResult()) { }
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private static List<byte> Mutated(Random random, List<byte> bytes)
    {
        for (var changes = random.Next(3); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            if (at == bytes.Count || random.Next(3) == 0)
            {
                bytes.Insert(at, (byte)random.Next(256));
            }
            else if (random.Next(2) == 0)
            {
                bytes.RemoveAt(at);
            }
            else
            {
                bytes[at] = (byte)random.Next(256);
            }
        }
        return bytes;
    }
}
