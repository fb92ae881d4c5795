using System.Net;
using System.Net.Sockets;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>
/// Which addresses a webhook may lead to: whoever adds one must not reach into the operator's own network with it.
/// </summary>
/// <remarks>Asked of the address that is connected to, after names were resolved.</remarks>
internal static class WebhookAddresses
{
    private const int UrlLengthMax = 2_048;

    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), // Link-local, with the metadata services of clouds.
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("ff00::/8"),
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("fd00:ec2::254/128"),
    ];

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("64:ff9b::/96"),
        IPNetwork.Parse("2002::/16"),
    ];

    public static bool MayReach(IPAddress address, bool privateAllowed)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Never.Any(network => network.Contains(plain))
            && (privateAllowed || !Private.Any(network => network.Contains(plain)));
    }

    /// <returns>Null when the URL is fine; else a sentence that names it.</returns>
    public static string? Problem(string url, bool privateAllowed, out Uri? target)
    {
        target = null;
        var isFine =
            url.Length <= UrlLengthMax
            && Uri.TryCreate(url, UriKind.Absolute, out target)
            && (target.Scheme == Uri.UriSchemeHttps || (privateAllowed && target.Scheme == Uri.UriSchemeHttp))
            && target.UserInfo.Length == 0
            && target.Fragment.Length == 0;
        if (!isFine)
        {
            return privateAllowed
                ? $"url is not an http or https URL of at most {UrlLengthMax} characters without a user name."
                : $"url is not an https URL of at most {UrlLengthMax} characters without a user name.";
        }

        return IPAddress.TryParse(target!.DnsSafeHost, out var address) && !MayReach(address, privateAllowed)
            ? "url leads to an address that webhooks may not reach. Give a public one."
            : null;
    }

    /// <summary>Connects to the first allowed address of a host.</summary>
    public static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint host,
        bool privateAllowed,
        CancellationToken cancellationToken
    )
    {
        var addresses = await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => MayReach(address, privateAllowed));
        if (allowed.Length == 0)
        {
            throw new HttpRequestException("The host of the webhook has no address that webhooks may reach.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
