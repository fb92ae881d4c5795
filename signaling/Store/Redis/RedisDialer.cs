using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Opens streams to Redis servers: TCP, TLS 1.2 or 1.3, and the login.</summary>
/// <remarks>Reads certificates anew for each, so that they can be replaced while the process runs.</remarks>
internal sealed class RedisDialer(RedisOptions options)
{
    /// <summary>The client library can do neither logins with a user's name nor our trust in certificates.</summary>
    public bool NeedsTunnel => options.Tls || options.User is not null;

    public string? Password => options.Password;

    /// <summary>A server that keeps rooms and records.</summary>
    public Task<Stream> DialAsync(RedisAddress server, CancellationToken cancellationToken) =>
        DialAsync(server, options.User, options.Password, cancellationToken);

    public Task<Stream> DialSentinelAsync(RedisAddress server, CancellationToken cancellationToken) =>
        DialAsync(server, options.SentinelUser, options.SentinelPassword, cancellationToken);

    private async Task<Stream> DialAsync(
        RedisAddress server,
        string? user,
        string? password,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Tls)
            {
                stream = await SecureAsync(stream, server, cancellationToken);
            }

            if (password is not null)
            {
                string[] login = user is null ? ["AUTH", password] : ["AUTH", user, password];
                await RedisWire.CallAsync(stream, login, cancellationToken);
            }

            return stream;
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(Stream plain, RedisAddress server, CancellationToken cancellationToken)
    {
        var secure = new SslStream(plain);
        var client = new SslClientAuthenticationOptions
        {
            TargetHost = options.TlsName ?? server.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (options.TlsAuthorities is { } authorities)
        {
            client.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            client.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        }

        if (options is { TlsCertificate: { } certificate, TlsKey: { } key })
        {
            client.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        }

        try
        {
            await secure.AuthenticateAsClientAsync(client, cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }
}
