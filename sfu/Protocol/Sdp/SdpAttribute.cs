namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>One <c>a=</c> line (RFC 8866 §5.13).</summary>
/// <param name="Name">What stands before the colon.</param>
/// <param name="Value">What stands after it; null for a flag such as <c>a=rtcp-mux</c>.</param>
public sealed record SdpAttribute(string Name, string? Value)
{
    internal static SdpAttribute Parse(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new SdpAttribute(line, null) : new SdpAttribute(line[..colon], line[(colon + 1)..]);
    }
}
