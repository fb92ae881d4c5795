namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>
/// A parsed session description (RFC 8866 §5): what an offer or answer needs of it, bounded by the parser.
/// </summary>
/// <param name="Attributes">Of the session level.</param>
/// <param name="Media">The m-lines, in order.</param>
public sealed record SessionDescription(SdpAttributes Attributes, IReadOnlyList<MediaDescription> Media)
{
    /// <summary>A line's attribute, or else the session's (RFC 8866 §5.13).</summary>
    public string? Effective(MediaDescription media, string name) =>
        media.Attributes.First(name) ?? Attributes.First(name);
}
