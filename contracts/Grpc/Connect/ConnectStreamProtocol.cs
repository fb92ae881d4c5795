using System.Buffers;
using System.Text.Json;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>Streams over Connect: always HTTP status 200; how the call ended is the last frame, in JSON.</summary>
/// <remarks>
/// The frame has the flag 0x02 and holds <c>{"error":{…},"metadata":{"key":["value"]}}</c>,
/// each part where there is one.
/// </remarks>
internal sealed class ConnectStreamProtocol(ConnectEncoding encoding) : StreamProtocol
{
    private const byte EndFlag = 0x02;

    public override string ContentType => encoding.StreamMediaType();

    public override string EncodingHeader => ConnectHeaders.ContentEncoding;

    public override string AcceptEncodingHeader => ConnectHeaders.AcceptEncoding;

    public override GrpcRequest Parse(IHeaderDictionary headers)
    {
        try
        {
            ConnectHeaders.CheckVersion(headers[ConnectHeaders.Version]);
            return new GrpcRequest(
                GrpcRequest.ReadMetadata(headers),
                ConnectHeaders.ParseTimeout(headers[ConnectHeaders.Timeout]),
                ConnectHeaders.NamesGzip(headers[ConnectHeaders.ContentEncoding].ToString()),
                GrpcHeaders.AcceptsGzip(headers[ConnectHeaders.AcceptEncoding])
            );
        }
        catch (ConnectRefusal refusal)
        {
            throw new RpcException(refusal.Error.Status);
        }
    }

    public override void SetEnd(HttpResponse response, bool hasWritten, CallOutcome outcome)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, ConnectError.Readable))
        {
            json.WriteStartObject();
            if (outcome.Status.StatusCode != StatusCode.OK)
            {
                json.WritePropertyName("error");
                new ConnectError(outcome).WriteTo(json);
            }
            WriteMetadata(json, outcome.Trailers);
            json.WriteEndObject();
        }
        Write(response.BodyWriter, GrpcFraming.Frame(EndFlag, text.WrittenSpan));
    }

    private static void WriteMetadata(Utf8JsonWriter json, Metadata trailers)
    {
        var keys = trailers.Where(ConnectHeaders.IsSent).ToLookup(entry => entry.Key, MetadataHeaders.Format);
        if (keys.Count == 0)
        {
            return;
        }

        json.WriteStartObject("metadata");
        foreach (var values in keys)
        {
            json.WriteStartArray(values.Key);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
