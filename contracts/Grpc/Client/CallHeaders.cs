using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>What a call's metadata say to the client itself, and who calls.</summary>
internal static class CallHeaders
{
    /// <summary>Names the compression of a call's requests; it stays here.</summary>
    public const string RequestCompression = "grpc-internal-encoding-request";

    /// <summary>Whether the requests of a call are to be compressed.</summary>
    /// <exception cref="InvalidOperationException">The caller names a compression that is not known.</exception>
    public static bool WantsGzip(CallOptions options) =>
        options.Headers?.GetValue(RequestCompression) switch
        {
            null or GrpcHeaders.Identity => false,
            GrpcHeaders.Gzip => true,
            var other => throw new InvalidOperationException(
                $"{RequestCompression} is '{other}', which is not known here. Use gzip or identity."
            ),
        };

    /// <summary>
    /// The caller's metadata, and those of the channel's and the call's credentials; without TLS only where the channel
    /// allows it.
    /// </summary>
    public static async Task<Metadata> WithCredentialsAsync(
        CallTransport transport,
        IMethod method,
        CallOptions options,
        CancellationToken cancellationToken
    )
    {
        var headers = options.Headers ?? Metadata.Empty;
        CallCredentials[] credentials =
        [
            .. new[] { transport.Options.Credentials?.Call, options.Credentials }.OfType<CallCredentials>(),
        ];
        var maySend = transport.IsSecure || transport.Options.UnsafeUseInsecureChannelCallCredentials;
        if (credentials.Length == 0 || !maySend)
        {
            return headers;
        }

        Metadata all = [.. headers];
        var authority = transport.Addresses.NextOrder()[0].GetLeftPart(UriPartial.Authority);
        var context = new AuthInterceptorContext($"{authority}/{method.ServiceName}", method.Name, cancellationToken);
        await CallCredentials.Compose(credentials).AddToAsync(all, context);
        return all;
    }
}
