using System.Diagnostics.CodeAnalysis;
using Spaces.Sfu.Protocol.Ice;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>
/// An <c>application/trickle-ice-sdpfrag</c> body (RFC 8840 §9), as WHIP and WHEP carry it in PATCH (RFC 9725 §4.3).
/// </summary>
/// <param name="Credentials">The client's; other than those of the session, they ask for an ICE restart.</param>
/// <param name="CandidateCount">How many candidates came; they are not used, as ICE-lite sends no checks.</param>
public sealed record TrickleIceFragment(IceCredentials Credentials, int CandidateCount)
{
    public const string ContentType = "application/trickle-ice-sdpfrag";

    /// <summary>
    /// Reads a fragment. All m-lines of a session share one transport, so the first credentials count.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TrickleIceFragment? fragment, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        fragment = null;
        if (!SdpLines.TrySplit(text, out var lines, out error))
        {
            return false;
        }

        var attributes = new SdpAttributes();
        foreach (var line in lines.Where(line => line[0] == 'a'))
        {
            attributes.Add(SdpAttribute.Parse(line[2..]));
        }

        var credentials = new IceCredentials(attributes.First("ice-ufrag") ?? "", attributes.First("ice-pwd") ?? "");
        if (!credentials.IsWellFormed)
        {
            error = "The fragment has no valid a=ice-ufrag (4-256 characters) and a=ice-pwd (22-256 characters).";
            return false;
        }

        fragment = new TrickleIceFragment(credentials, attributes.All("candidate").Count());
        return true;
    }

    /// <summary>
    /// Writes this side's new credentials and candidates, the answer to an ICE restart (RFC 9725 §4.3.3).
    /// </summary>
    public static string Write(AudioSession session, IceCredentials local, IReadOnlyList<HostCandidate> candidates)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(candidates);
        var writer = new SdpWriter().Attribute("ice-lite").Line("m=audio 9 UDP/TLS/RTP/SAVPF 0");
        if (session.TransportMid is { } mid)
        {
            writer.Attribute($"mid:{mid}");
        }

        writer.Attribute($"ice-ufrag:{local.Ufrag}").Attribute($"ice-pwd:{local.Password}");
        AudioAnswerWriter.WriteCandidates(writer, candidates);
        return writer.ToString();
    }
}
