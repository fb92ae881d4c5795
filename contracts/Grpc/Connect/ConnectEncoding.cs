using System.Net.Mime;
using Microsoft.Net.Http.Headers;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>How a Connect message is written.</summary>
internal enum ConnectEncoding
{
    /// <summary>The proto3 JSON mapping.</summary>
    Json,

    /// <summary>Protobuf's own bytes.</summary>
    Proto,
}

/// <summary>The names of an encoding in headers and queries.</summary>
internal static class ConnectEncodings
{
    private const string ProtoMediaType = "application/proto";

    public const string MediaTypes = $"{MediaTypeNames.Application.Json}, {ProtoMediaType}";

    public static string MediaType(this ConnectEncoding encoding) =>
        encoding == ConnectEncoding.Json ? MediaTypeNames.Application.Json : ProtoMediaType;

    /// <summary>Of a stream of such messages.</summary>
    public static string StreamMediaType(this ConnectEncoding encoding) =>
        encoding == ConnectEncoding.Json ? "application/connect+json" : "application/connect+proto";

    /// <summary>Null for a content type that no encoding has; a charset must be UTF-8.</summary>
    public static ConnectEncoding? FromContentType(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed))
        {
            return null;
        }
        if (parsed.MediaType.Equals(ProtoMediaType, StringComparison.OrdinalIgnoreCase))
        {
            return ConnectEncoding.Proto;
        }
        var isJson = parsed.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase);
        var isUtf8 = !parsed.Charset.HasValue || parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return isJson && isUtf8 ? ConnectEncoding.Json : null;
    }

    /// <summary>Null for any other text than <c>json</c> and <c>proto</c>.</summary>
    public static ConnectEncoding? FromQuery(string? name) =>
        name switch
        {
            "json" => ConnectEncoding.Json,
            "proto" => ConnectEncoding.Proto,
            _ => null,
        };
}
