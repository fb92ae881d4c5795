using System.Text;

namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>The header extension that names a packet's m-line (RFC 9143 §15).</summary>
public static class MidExtension
{
    public const string Uri = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>Whether the packet carries the extension with this id and the given mid.</summary>
    public static bool Matches(in RtpHeaderExtensions extensions, int id, string mid) =>
        id != 0 && extensions.TryGet(id, out var value) && value.Length == mid.Length && Ascii.Equals(value, mid);
}
