using System.Diagnostics.CodeAnalysis;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>The client's end of the one transport that all m-lines share (RFC 9143, RFC 8839, RFC 8842).</summary>
/// <remarks>Its candidates are not looked at: an ICE-lite side answers checks and sends none (RFC 8445 §2.5).</remarks>
internal sealed record OfferTransport(IceCredentials Ice, IReadOnlyList<CertificateFingerprint> Fingerprints)
{
    private const int FingerprintsMax = 16;

    /// <param name="offer">The whole offer.</param>
    /// <param name="tagged">The m-line that carries the transport: the first of the BUNDLE group.</param>
    /// <param name="transport">Null when something is missing.</param>
    /// <param name="refusal">Then it says what.</param>
    public static bool TryRead(
        SessionDescription offer,
        MediaDescription tagged,
        [NotNullWhen(true)] out OfferTransport? transport,
        out string refusal
    )
    {
        transport = null;
        var ice = new IceCredentials(
            offer.Effective(tagged, "ice-ufrag") ?? "",
            offer.Effective(tagged, "ice-pwd") ?? ""
        );
        var fingerprints = ReadFingerprints(offer, tagged, out var hasWeak);
        refusal = (offer.Effective(tagged, "setup") ?? "active").Trim() switch
        {
            "actpass" or "active" => "",
            "passive" => "The offer says a=setup:passive, but this side is always passive. Offer a=setup:actpass.",
            _ => "The offer's a=setup is neither actpass nor active. Offer a=setup:actpass.",
        };
        if (refusal.Length == 0 && !ice.IsWellFormed)
        {
            refusal = "The offer has no valid a=ice-ufrag (4-256 characters) and a=ice-pwd (22-256 characters).";
        }

        if (refusal.Length == 0 && fingerprints.Count == 0)
        {
            refusal = hasWeak
                ? "The offer's only fingerprints use a weak or unknown hash. Offer a=fingerprint:sha-256."
                : "The offer has no a=fingerprint. Media is always encrypted; offer a=fingerprint:sha-256.";
        }

        if (refusal.Length == 0 && !tagged.Attributes.Has("rtcp-mux"))
        {
            refusal = "The offer has no a=rtcp-mux. RTP and RTCP share one port here.";
        }

        transport = refusal.Length == 0 ? new OfferTransport(ice, fingerprints) : null;
        return transport is not null;
    }

    private static List<CertificateFingerprint> ReadFingerprints(
        SessionDescription offer,
        MediaDescription tagged,
        out bool hasWeak
    )
    {
        var level = tagged.Attributes.Has("fingerprint") ? tagged.Attributes : offer.Attributes;
        var fingerprints = new List<CertificateFingerprint>();
        hasWeak = false;
        foreach (var value in level.All("fingerprint").Take(FingerprintsMax))
        {
            var fields = value.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (fields.Length == 2 && CertificateFingerprint.TryParse(fields[0], fields[1], out var fingerprint))
            {
                fingerprints.Add(fingerprint!);
            }
            else
            {
                hasWeak = true;
            }
        }

        return fingerprints;
    }
}
