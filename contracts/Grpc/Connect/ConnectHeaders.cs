using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.Extensions.Primitives;
using Status = Grpc.Core.Status;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>Connect's own headers, and what their values mean.</summary>
internal static class ConnectHeaders
{
    public const string Version = "connect-protocol-version";
    public const string Timeout = "connect-timeout-ms";
    public const string ContentEncoding = "connect-content-encoding";
    public const string AcceptEncoding = "connect-accept-encoding";

    private const int TimeoutDigitsMax = 10;
    private const string VersionKnown = "1";

    /// <summary>Details of an error go into its JSON; all other metadata of the application goes as it is.</summary>
    public static bool IsSent(Metadata.Entry entry) =>
        !MetadataHeaders.IsReserved(entry.Key) && entry.Key != RpcStatusExtensions.StatusDetailsTrailerName;

    /// <exception cref="ConnectRefusal">The version is not known here.</exception>
    public static void CheckVersion(StringValues version)
    {
        if (!StringValues.IsNullOrEmpty(version) && version != VersionKnown)
        {
            throw Refused(
                StatusCode.InvalidArgument,
                $"Connect-Protocol-Version '{version}' is not known here. Use {VersionKnown}."
            );
        }
    }

    /// <returns>How long the client will wait; null for as long as it takes.</returns>
    /// <exception cref="ConnectRefusal">The text is no number of milliseconds.</exception>
    public static TimeSpan? ParseTimeout(StringValues text)
    {
        if (StringValues.IsNullOrEmpty(text))
        {
            return null;
        }
        return
            text.ToString() is { Length: <= TimeoutDigitsMax } digits
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw Refused(StatusCode.InvalidArgument, $"Connect-Timeout-Ms must be 1 to {TimeoutDigitsMax} digits.");
    }

    /// <exception cref="ConnectRefusal">It is neither gzip nor identity.</exception>
    public static bool NamesGzip(string encoding) =>
        encoding switch
        {
            "" or GrpcHeaders.Identity => false,
            GrpcHeaders.Gzip => true,
            _ => throw Refused(
                StatusCode.Unimplemented,
                $"The content-encoding '{encoding}' is not known here. Use one of {GrpcHeaders.EncodingsAccepted}."
            ),
        };

    private static ConnectRefusal Refused(StatusCode code, string detail) =>
        new(new ConnectError(new Status(code, detail)));
}
