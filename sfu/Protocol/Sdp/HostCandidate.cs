namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>An address of this node that a client may send to: a host candidate (RFC 8839 §5.1).</summary>
/// <param name="Address">An IP address as text, never a name.</param>
/// <param name="Port">UDP.</param>
public sealed record HostCandidate(string Address, int Port)
{
    /// <summary>Host type preference 126, component 1; the first address is preferred (RFC 8445 §5.1.2.1).</summary>
    internal string ToAttribute(int index) =>
        $"candidate:{index + 1} 1 udp {Priority(index)} {Address} {Port} typ host";

    internal string ToConnection() =>
        $"IN {(Address.Contains(':', StringComparison.Ordinal) ? "IP6" : "IP4")} {Address}";

    private static long Priority(int index) => (126L << 24) + ((ushort.MaxValue - index) << 8) + 255;
}
