using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.Net.Client;

/// <summary>The servers that a channel's address stands for.</summary>
/// <param name="Addresses">One at least.</param>
/// <param name="IsSecure">Whether they are called over TLS.</param>
internal sealed record ChannelTarget(IReadOnlyList<Uri> Addresses, bool IsSecure)
{
    /// <exception cref="ArgumentException">The address is not that of an HTTP or HTTPS server.</exception>
    public static ChannelTarget Of(Uri address, GrpcChannelOptions options)
    {
        if (address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
        {
            return new ChannelTarget([address], address.Scheme == Uri.UriSchemeHttps);
        }

        var resolver = address.IsAbsoluteUri
            ? options.ServiceProvider?.GetServices<ResolverFactory>().FirstOrDefault(one => one.Name == address.Scheme)
            : null;
        return resolver is null
            ? throw new ArgumentException(
                $"'{address}' is no address of a gRPC server. Write http://host:port or https://host:port, or give a "
                    + "ServiceProvider with a ResolverFactory for its scheme.",
                nameof(address)
            )
            : Resolve(address, resolver, options);
    }

    private static ChannelTarget Resolve(Uri address, ResolverFactory resolver, GrpcChannelOptions options)
    {
        if (options.Credentials is null)
        {
            throw new ArgumentException(
                $"'{address}' does not say whether to use TLS. Set Credentials to ChannelCredentials.Insecure or "
                    + "SecureSsl.",
                nameof(options)
            );
        }

        var scheme = options.Credentials.IsSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        Uri[] addresses = [.. resolver.Resolve(address).Select(one => new UriBuilder(scheme, one.Host, one.Port).Uri)];
        return addresses.Length > 0
            ? new ChannelTarget(addresses, options.Credentials.IsSecure)
            : throw new ArgumentException($"The resolver of '{address}' found no server.", nameof(address));
    }
}
