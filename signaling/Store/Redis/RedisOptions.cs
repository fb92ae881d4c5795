using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Where a server is.</summary>
public sealed record RedisAddress(string Host, int Port)
{
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>[v6]:port</c>.</summary>
    public static bool TryParse(string text, int portOtherwise, [NotNullWhen(true)] out RedisAddress? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        var host = colon > bracket ? text[..colon] : text;
        var port = portOtherwise;
        if (colon > bracket && !TryPort(text[(colon + 1)..], out port))
        {
            return false;
        }

        host = host.Trim('[', ']');
        if (host.Length == 0 || host.Any(c => char.IsWhiteSpace(c) || c is '/' or '@'))
        {
            return false;
        }

        address = new RedisAddress(host, port);
        return true;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
        && port is > 0 and <= ushort.MaxValue;
}

/// <summary>How servers are found.</summary>
public enum RedisMode
{
    /// <summary>The one server named.</summary>
    Standalone,

    /// <summary>The servers named tell where every slot lies (CLUSTER SLOTS).</summary>
    Cluster,

    /// <summary>The servers named are Sentinels, which tell who is the primary.</summary>
    Sentinel,
}

/// <summary>How to reach Redis: the setting <c>SPACES_REDIS</c>.</summary>
/// <remarks>
/// A comma list of servers and of <c>name=value</c>; a comma or percent sign in a value is written <c>%2C</c> or
/// <c>%25</c>. Never prints its passwords.
/// </remarks>
public sealed record RedisOptions
{
    private const int PortOtherwise = 6379;
    private const int SentinelPortOtherwise = 26379;

    public ImmutableArray<RedisAddress> Servers { get; private init; } = [];

    public RedisMode Mode { get; private init; }

    /// <summary>The name Sentinels know the primary by.</summary>
    public string? SentinelName { get; private init; }

    /// <summary>Who to log in as (ACL); null: the default user, if there is a password.</summary>
    public string? User { get; private init; }

    public string? Password { get; private init; }

    /// <summary>Sentinels have accounts of their own.</summary>
    public string? SentinelUser { get; private init; }

    public string? SentinelPassword { get; private init; }

    public bool Tls { get; private init; }

    /// <summary>PEM; null: the machine's own trust.</summary>
    public string? TlsAuthorities { get; private init; }

    /// <summary>What the server's certificate must say; null: the host it was reached by.</summary>
    public string? TlsName { get; private init; }

    /// <summary>PEM of this client, where the server asks for one; both or none.</summary>
    public string? TlsCertificate { get; private init; }

    public string? TlsKey { get; private init; }

    /// <summary>Every key and channel begins with it; lets several deployments share one Redis.</summary>
    public string Prefix { get; private init; } = "spaces";

    /// <param name="text">The setting.</param>
    /// <param name="options">What it says.</param>
    /// <param name="problem">What is wrong with it, else; without its passwords.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out RedisOptions? options, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        options = null;
        var read = new RedisOptions();
        var servers = new List<string>();
        var cluster = false;
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                servers.Add(part);
                continue;
            }

            var value = Uri.UnescapeDataString(part[(equals + 1)..]);
            var name = part[..equals];
            if (value.Length == 0 || read.With(name, value, ref cluster) is not { } next)
            {
                problem = $"has a bad '{name}='; known are {Names}.";
                return false;
            }

            read = next;
        }

        return TryFinish(read, servers, cluster, out options, out problem);
    }

    public override string ToString() =>
        $"{Mode} {string.Join(',', Servers)}{(Tls ? " tls" : "")}{(User is null ? "" : $" as {User}")}";

    private const string Names =
        "sentinel, cluster (on), user, password, password-file, sentinel-user, sentinel-password, tls (on), tls-ca, "
        + "tls-name, tls-cert, tls-key, prefix; files must exist";

    private RedisOptions? With(string name, string value, ref bool cluster)
    {
        switch (name)
        {
            case "cluster":
                cluster = value == "on";
                return cluster ? this : null;
            case "tls":
                return value == "on" ? this with { Tls = true } : null;
            case "sentinel":
                return this with { SentinelName = value };
            case "user":
                return this with { User = value };
            case "password":
                return this with { Password = value };
            case "password-file":
                return File.Exists(value) ? this with { Password = File.ReadAllText(value).Trim() } : null;
            case "sentinel-user":
                return this with { SentinelUser = value };
            case "sentinel-password":
                return this with { SentinelPassword = value };
            case "tls-name":
                return this with { Tls = true, TlsName = value };
            case "tls-ca":
                return File.Exists(value) ? this with { Tls = true, TlsAuthorities = value } : null;
            case "tls-cert":
                return File.Exists(value) ? this with { Tls = true, TlsCertificate = value } : null;
            case "tls-key":
                return File.Exists(value) ? this with { Tls = true, TlsKey = value } : null;
            case "prefix":
                return value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                    ? this with
                    {
                        Prefix = value,
                    }
                    : null;
            default:
                return null;
        }
    }

    private static bool TryFinish(
        RedisOptions read,
        List<string> servers,
        bool cluster,
        [NotNullWhen(true)] out RedisOptions? options,
        out string problem
    )
    {
        options = null;
        var addresses = ImmutableArray.CreateBuilder<RedisAddress>();
        foreach (var server in servers)
        {
            var port = read.SentinelName is null ? PortOtherwise : SentinelPortOtherwise;
            if (!RedisAddress.TryParse(server, port, out var address))
            {
                problem = "has a server that is no host:port.";
                return false;
            }

            addresses.Add(address);
        }

        problem =
            addresses.Count == 0 ? "names no server; one looks like redis.example.org:6379."
            : cluster && read.SentinelName is not null
                ? "has both cluster= and sentinel=; servers are one or the other."
            : read.User is not null && read.Password is null ? "has a user but no password."
            : read.SentinelUser is not null && read.SentinelPassword is null ? "has a sentinel-user but no password."
            : (read.TlsCertificate is null) != (read.TlsKey is null) ? "has only one of tls-cert and tls-key; set both."
            : "";
        if (problem.Length > 0)
        {
            return false;
        }

        options = read with
        {
            Servers = addresses.ToImmutable(),
            Mode =
                read.SentinelName is not null ? RedisMode.Sentinel
                : cluster || addresses.Count > 1 ? RedisMode.Cluster
                : RedisMode.Standalone,
        };
        return true;
    }
}
