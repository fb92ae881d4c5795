using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>An error as Connect writes it: an HTTP status and <c>{"code":"not_found","message":"…"}</c>.</summary>
internal sealed record ConnectError(int HttpStatus, Status Status)
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public ConnectError(Status status)
        : this(ConnectCode.Of(status.StatusCode).HttpStatus, status) { }

    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = HttpStatus;
        response.ContentType = MediaTypeNames.Application.Json;
        await using var json = new Utf8JsonWriter(response.BodyWriter, Readable);
        json.WriteStartObject();
        json.WriteString("code", ConnectCode.Of(Status.StatusCode).Name);
        json.WriteString("message", Status.Detail);
        json.WriteEndObject();
        await json.FlushAsync(response.HttpContext.RequestAborted);
    }
}
