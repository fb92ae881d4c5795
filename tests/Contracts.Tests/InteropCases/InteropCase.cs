namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>The names of the interoperability cases, as their public description has them.</summary>
internal static class InteropCase
{
    public static readonly string[] All =
    [
        "empty_unary",
        "large_unary",
        "cacheable_unary",
        "rpc_soak",
        "channel_soak",
        "client_compressed_unary",
        "server_compressed_unary",
        "client_streaming",
        "client_compressed_streaming",
        "server_streaming",
        "server_compressed_streaming",
        "ping_pong",
        "empty_stream",
        "custom_metadata",
        "status_code_and_message",
        "special_status_message",
        "unimplemented_method",
        "unimplemented_service",
        "cancel_after_begin",
        "cancel_after_first_response",
        "timeout_on_sleeping_server",
    ];

    private const string NodeSeesNoFlag = "@grpc/grpc-js does not tell whether a message came compressed";
    private const string NodeServerNeverCompresses = "a @grpc/grpc-js server never compresses its responses";
    private const string PythonSeesNoFlag = "grpcio does not tell whether a message came compressed";

    private const string NobodySendsGet =
        "gRPC libraries have given up sending GET, so nothing can be cached on the way; ConnectGetTests has that part";

    /// <summary>What a peer's API cannot express of a case; the rest of the case is run and must hold.</summary>
    private static readonly Dictionary<(Peer Peer, bool IsServer, string Case), string> Limits = new()
    {
        [(Peer.Node, false, "server_compressed_unary")] = NodeSeesNoFlag,
        [(Peer.Node, false, "server_compressed_streaming")] = NodeSeesNoFlag,
        [(Peer.Node, false, "client_compressed_streaming")] =
            "@grpc/grpc-js compresses all messages of a call or none: the uncompressed second one cannot be sent",
        [(Peer.Node, true, "client_compressed_unary")] = NodeSeesNoFlag,
        [(Peer.Node, true, "client_compressed_streaming")] = NodeSeesNoFlag,
        [(Peer.Node, true, "server_compressed_unary")] = NodeServerNeverCompresses,
        [(Peer.Node, true, "server_compressed_streaming")] = NodeServerNeverCompresses,
        [(Peer.Python, false, "server_compressed_unary")] = PythonSeesNoFlag,
        [(Peer.Python, false, "server_compressed_streaming")] = PythonSeesNoFlag,
        [(Peer.Python, false, "client_compressed_streaming")] =
            "grpcio compresses all messages of a client's call or none: the uncompressed second one cannot be sent",
        [(Peer.Python, true, "client_compressed_unary")] = PythonSeesNoFlag,
        [(Peer.Python, true, "client_compressed_streaming")] = PythonSeesNoFlag,
    };

    /// <summary>Null where the peer can express the whole case.</summary>
    public static string? LimitOf(Peer peer, bool isServer, string name) =>
        name == "cacheable_unary" ? NobodySendsGet : Limits.GetValueOrDefault((peer, isServer, name));
}

/// <summary>A foreign implementation.</summary>
public enum Peer
{
    /// <summary>@grpc/grpc-js.</summary>
    Node,

    /// <summary>python3-grpcio.</summary>
    Python,

    /// <summary>libgrpc++.</summary>
    Cpp,
}
