namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>One m-line and what follows it (RFC 8866 §5.14).</summary>
/// <param name="Kind">"audio", "video", "application", …</param>
/// <param name="Port">0 means that the line is not to be used (RFC 3264 §6), unless it is bundle-only (RFC 9143
/// §6).</param>
/// <param name="Protocol">Such as UDP/TLS/RTP/SAVPF.</param>
/// <param name="Formats">For RTP the payload types, best first.</param>
public sealed record MediaDescription(string Kind, int Port, string Protocol, IReadOnlyList<string> Formats)
{
    public SdpAttributes Attributes { get; } = new();

    /// <summary>The line's identification (RFC 5888 §4); null when it has none.</summary>
    public string? Mid => Attributes.First("mid");

    /// <summary>The line is refused, or stopped, by its sender.</summary>
    public bool IsDisabled => Port == 0 && !Attributes.Has("bundle-only");
}
