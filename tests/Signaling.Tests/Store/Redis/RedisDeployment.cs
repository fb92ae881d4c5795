using Spaces.Signaling.Store.Redis;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>The ways in which people run Redis.</summary>
public enum RedisKind
{
    Plain,
    Password,
    AclUser,
    Tls12,
    Tls13WithAclUser,
    Cluster,
    ClusterWithTlsAndAclUser,
    Sentinel,
}

/// <summary>Real servers, deployed in one of those ways, and how to reach them.</summary>
internal sealed class RedisDeployment : IAsyncDisposable
{
    public const string Secret = "secret%,of the+store";

    /// <summary>What the documentation tells an operator to allow, and nothing else.</summary>
    public const string Rights =
        "resetkeys resetchannels ~spaces* &spaces* -@all +@read +@write -@dangerous +eval +evalsha +time +publish "
        + "+subscribe +unsubscribe +ping +select +role +cluster|slots +asking";

    private readonly List<RedisProcess> _sentinels = [];

    private RedisDeployment(RedisKind kind) => Kind = kind;

    public RedisKind Kind { get; }

    public List<RedisProcess> Servers { get; } = [];

    /// <summary>What SPACES_REDIS is set to.</summary>
    public string Settings { get; private set; } = "";

    public RedisOptions Options
    {
        get
        {
            Assert.That(RedisOptions.TryParse(Settings, out var options, out var problem), Is.True, problem);
            return options!;
        }
    }

    public static async Task<RedisDeployment> StartAsync(RedisKind kind)
    {
        var deployment = new RedisDeployment(kind);
        try
        {
            await deployment.StartAsync();
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public async Task FlushAsync()
    {
        foreach (var server in Servers)
        {
            var role = await server.CallAsync("ROLE");
            if (role.Items[0].Text == "master")
            {
                await server.CallAsync("FLUSHALL");
            }
        }
    }

    /// <summary>Kills the primary; Sentinels make another.</summary>
    public async Task FailOverAsync()
    {
        var primary = await PrimaryAsync();
        primary.Kill();
        Servers.Remove(primary);
        await primary.DisposeAsync();
    }

    public async Task<RedisProcess> PrimaryAsync()
    {
        foreach (var server in Servers)
        {
            if ((await server.CallAsync("ROLE")).Items[0].Text == "master")
            {
                return server;
            }
        }

        throw new InvalidOperationException("No server is a primary.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _sentinels.Concat(Servers))
        {
            await process.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        switch (Kind)
        {
            case RedisKind.Plain:
                await AddAsync();
                Settings = Servers[0].Address;
                break;
            case RedisKind.Password:
                await AddAsync("--requirepass", Secret);
                Settings = $"{Servers[0].Address},password={Uri.EscapeDataString(Secret)}";
                break;
            case RedisKind.AclUser:
                await AddAsync(UserArguments());
                Settings = $"{Servers[0].Address},{UserSettings}";
                break;
            case RedisKind.Tls12:
                await AddAsync([.. TlsArguments(), "--tls-protocols", "TLSv1.2"]);
                Settings = $"{Servers[0].Address},{TlsSettings}";
                break;
            case RedisKind.Tls13WithAclUser:
                await AddAsync([.. TlsArguments(), "--tls-protocols", "TLSv1.3", .. UserArguments()]);
                Settings = $"{Servers[0].Address},{TlsSettings},{UserSettings}";
                break;
            case RedisKind.Cluster:
                await StartClusterAsync();
                Settings = $"{Servers[0].Address},{Servers[1].Address}";
                break;
            case RedisKind.ClusterWithTlsAndAclUser:
                await StartClusterAsync([.. TlsArguments(), "--tls-cluster", "yes", .. UserArguments()]);
                Settings = $"{Servers[2].Address},cluster=on,{TlsSettings},{UserSettings}";
                break;
            case RedisKind.Sentinel:
                await StartSentinelsAsync();
                Settings = $"{string.Join(',', _sentinels.Select(sentinel => sentinel.Address))},sentinel=stage";
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "Unknown way to run Redis.");
        }
    }

    private static string UserSettings => $"user=signaling,password={Uri.EscapeDataString(Secret)}";

    private static string TlsSettings => $"tls-ca={TestCertificates.Authority},tls-name=redis.test,tls=on";

    private static string[] UserArguments() =>
        [
            "--user",
            "default",
            "off",
            "--user",
            "administrator",
            "on",
            $">{Secret}",
            "~*",
            "&*",
            "+@all",
            "--user",
            "signaling",
            "on",
            $">{Secret}",
            .. Rights.Split(' '),
        ];

    private static string[] TlsArguments() =>
        [
            "--port",
            "0",
            "--tls-port",
            "{port}",
            "--tls-cert-file",
            TestCertificates.Certificate,
            "--tls-key-file",
            TestCertificates.Key,
            "--tls-ca-cert-file",
            TestCertificates.Authority,
            "--tls-auth-clients",
            "no",
        ];

    private static Func<RedisProcess, Task<Stream>> Dial(string[] arguments)
    {
        var settings = $"unused,{(arguments.Contains("--tls-port") ? TlsSettings : "prefix=spaces")}";
        settings +=
            arguments.Contains("administrator") ? $",user=administrator,password={Uri.EscapeDataString(Secret)}"
            : arguments.Contains("--requirepass") ? $",password={Uri.EscapeDataString(Secret)}"
            : "";
        Assert.That(RedisOptions.TryParse(settings, out var options, out var problem), Is.True, problem);
        var dialer = new RedisDialer(options!);
        return redis => dialer.DialAsync(new RedisAddress("127.0.0.1", redis.Port), CancellationToken.None);
    }

    private async Task AddAsync(params string[] arguments) =>
        Servers.Add(
            await RedisProcess.StartAsync(
                Dial(arguments),
                [.. arguments, "--save", "", "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"]
            )
        );

    private async Task StartClusterAsync(params string[] arguments)
    {
        var buses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            buses.Add(RedisProcess.FreePort());
            await AddAsync([
                .. arguments,
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                $"{buses[i]}",
                "--cluster-node-timeout",
                "2000",
            ]);
            await Servers[i]
                .CallAsync("CLUSTER", "ADDSLOTSRANGE", $"{i * 5462}", $"{Math.Min(16_383, (i * 5462) + 5461)}");
            await Servers[i].CallAsync("CLUSTER", "SET-CONFIG-EPOCH", $"{i + 1}");
            await Servers[0].CallAsync("CLUSTER", "MEET", "127.0.0.1", $"{Servers[i].Port}", $"{buses[i]}");
        }

        foreach (var server in Servers)
        {
            await Eventually.TrueAsync(
                async () =>
                    (await server.CallAsync("CLUSTER", "INFO")).Text.Contains(
                        "cluster_state:ok",
                        StringComparison.Ordinal
                    )
                    && (await server.CallAsync("CLUSTER", "SLOTS")).Items.Length == 3,
                "the cluster is made"
            );
        }
    }

    private async Task StartSentinelsAsync()
    {
        await AddAsync("--min-replicas-max-lag", "2");
        for (var i = 0; i < 2; i++)
        {
            await AddAsync("--replicaof", "127.0.0.1", $"{Servers[0].Port}");
        }

        for (var i = 0; i < 3; i++)
        {
            _sentinels.Add(
                await RedisProcess.StartSentinelAsync([
                    $"sentinel monitor stage 127.0.0.1 {Servers[0].Port} 2",
                    "sentinel down-after-milliseconds stage 600",
                    "sentinel failover-timeout stage 3000",
                ])
            );
        }

        foreach (var sentinel in _sentinels)
        {
            await Eventually.TrueAsync(
                async () =>
                    (await sentinel.CallAsync("SENTINEL", "REPLICAS", "stage")).Items.Length == 2
                    && (await sentinel.CallAsync("SENTINEL", "SENTINELS", "stage")).Items.Length == 2,
                "the Sentinels know each other"
            );
        }
    }
}
