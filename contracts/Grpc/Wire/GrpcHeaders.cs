namespace Grpc.Wire;

/// <summary>The names and values of gRPC's own headers.</summary>
internal static class GrpcHeaders
{
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    public const string ContentType = "application/grpc";
    public const string ContentTypeProto = "application/grpc+proto";

    public const string Identity = "identity";
    public const string Gzip = "gzip";
    public const string EncodingsAccepted = "identity,gzip";

    /// <summary>Whether a content type is gRPC with protobuf messages; parameters do not matter.</summary>
    public static bool IsGrpc(string? contentType)
    {
        var mediaType = MediaTypeOf(contentType);
        return mediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
            || mediaType.Equals(ContentTypeProto, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A content type without its parameters.</summary>
    public static ReadOnlySpan<char> MediaTypeOf(string? contentType)
    {
        var mediaType = contentType.AsSpan();
        var parameters = mediaType.IndexOf(';');
        return parameters < 0 ? mediaType : mediaType[..parameters].TrimEnd();
    }

    /// <summary>Whether a list of encodings, as in <c>grpc-accept-encoding</c>, names gzip.</summary>
    public static bool AcceptsGzip(string? encodings)
    {
        var names = encodings.AsSpan();
        foreach (var name in names.Split(','))
        {
            if (names[name].Trim().Equals(Gzip, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }
}
