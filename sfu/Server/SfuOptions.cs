using System.Net;

namespace Spaces.Sfu.Server;

/// <summary>All settings of the process, from environment variables with the prefix <c>SPACES_</c>.</summary>
internal sealed record SfuOptions
{
    /// <summary>SPACES_CONTROL_ADDRESS: where signaling reaches this node. Never a public address.</summary>
    public required IPAddress ControlAddress { get; init; }

    /// <summary>SPACES_CONTROL_PORT: gRPC over HTTP/2 without TLS. 0: any free port.</summary>
    public required int ControlPort { get; init; }

    /// <summary>
    /// SPACES_HEALTH_PORT: /healthz, /readyz, /metrics over HTTP/1.1, on the control address. 0: any free port.
    /// </summary>
    public required int HealthPort { get; init; }

    /// <summary>SPACES_CONTROL_KEY: what signaling must know; at least 16 characters.</summary>
    public required string ControlKey { get; init; }

    /// <summary>SPACES_NODE_ID: made from the machine when not set.</summary>
    public required string NodeId { get; init; }

    /// <summary>SPACES_UDP_PORT: of worker 0; worker i has this plus i. 0: any free port for each.</summary>
    public required int UdpPort { get; init; }

    /// <summary>SPACES_WORKERS: threads that move media; the number of cores when not set.</summary>
    public required int Workers { get; init; }

    /// <summary>SPACES_BIND_ADDRESSES: local addresses; all but link-local ones when not set.</summary>
    public required IReadOnlyList<IPAddress> BindAddresses { get; init; }

    /// <summary>
    /// SPACES_ANNOUNCED_ADDRESSES: what clients are told to send to; the bound addresses when not set. An entry
    /// <c>203.0.113.7=10.0.0.5</c> says which bound address the announced one leads to.
    /// </summary>
    public required IReadOnlyList<IPAddress> AnnouncedAddresses { get; init; }

    /// <summary>SPACES_SESSIONS_MAX: more are refused with RESOURCE_EXHAUSTED.</summary>
    public required int SessionsMax { get; init; }
}
