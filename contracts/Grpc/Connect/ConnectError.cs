using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using Status = Grpc.Core.Status;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>
/// An error as Connect writes it: an HTTP status and <c>{"code":"not_found","message":"…","details":[…]}</c>.
/// </summary>
internal sealed record ConnectError(int HttpStatus, Status Status)
{
    public static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public ConnectError(Status status)
        : this(ConnectCode.Of(status.StatusCode).HttpStatus, status) { }

    public ConnectError(CallOutcome outcome)
        : this(outcome.Status)
    {
        Details = outcome.Trailers.GetRpcStatus()?.Details ?? Details;
    }

    public IReadOnlyList<Any> Details { get; private init; } = [];

    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = HttpStatus;
        response.ContentType = MediaTypeNames.Application.Json;
        await using var json = new Utf8JsonWriter(response.BodyWriter, Readable);
        WriteTo(json);
        await json.FlushAsync(response.HttpContext.RequestAborted);
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("code", ConnectCode.Of(Status.StatusCode).Name);
        json.WriteString("message", Status.Detail);
        if (Details.Count > 0)
        {
            json.WriteStartArray("details");
            foreach (var detail in Details)
            {
                json.WriteStartObject();
                json.WriteString("type", Any.GetTypeName(detail.TypeUrl));
                json.WriteString("value", Wire.BinaryHeader.Encode(detail.Value.ToByteArray()));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
