using System.Collections.Frozen;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Which HTTP headers are a call's metadata, and how an entry becomes a header and comes back.</summary>
internal static class MetadataHeaders
{
    private static readonly FrozenSet<string> NotMetadata = new[]
    {
        GrpcHeaders.Status,
        GrpcHeaders.Message,
        GrpcHeaders.Timeout,
        GrpcHeaders.Encoding,
        GrpcHeaders.AcceptEncoding,
        "accept-encoding",
        "connect-accept-encoding",
        "connect-content-encoding",
        "connect-protocol-version",
        "connect-timeout-ms",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a header belongs to the transport and not to the application.</summary>
    public static bool IsReserved(string name) => name.StartsWith(':') || NotMetadata.Contains(name);

    public static string Format(Metadata.Entry entry) =>
        entry.IsBinary ? BinaryHeader.Encode(entry.ValueBytes) : entry.Value;

    /// <summary>Adds what a header carries; several binary values may share a header, separated by commas.</summary>
    /// <returns>False where a <c>-bin</c> header is not base64. A text that is no valid metadata is left out.</returns>
    public static bool TryAdd(Metadata metadata, string name, string value)
    {
        if (IsReserved(name))
        {
            return true;
        }
        var key = name.ToLowerInvariant();
        if (!Metadata.Entry.IsValidKey(key))
        {
            return true;
        }
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            if (Metadata.Entry.IsValidText(value))
            {
                metadata.Add(key, value);
            }
            return true;
        }

        foreach (var part in value.Split(','))
        {
            if (!BinaryHeader.TryDecode(part.Trim(), out var bytes))
            {
                return false;
            }
            metadata.Add(key, bytes);
        }
        return true;
    }
}
