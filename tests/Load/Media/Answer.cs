using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;

namespace Spaces.Load.Media;

/// <summary>What a simulated participant needs of the server's SDP answer.</summary>
/// <param name="Ice">The server's.</param>
/// <param name="Fingerprints">Of the server's certificate.</param>
/// <param name="Candidates">The server's IPv4 addresses, best first.</param>
internal sealed record Answer(
    IceCredentials Ice,
    IReadOnlyList<CertificateFingerprint> Fingerprints,
    IReadOnlyList<TransportAddress> Candidates
)
{
    /// <summary>Reads what all lines share; with BUNDLE each repeats it.</summary>
    /// <exception cref="FormatException">Something is missing; the message says what.</exception>
    public static Answer Read(string sdp)
    {
        var lines = sdp.Split('\n', StringSplitOptions.TrimEntries);
        var ufrag = First(lines, "a=ice-ufrag:");
        var password = First(lines, "a=ice-pwd:");
        var fingerprints = new List<CertificateFingerprint>();
        var candidates = new List<(uint Priority, TransportAddress Address)>();
        foreach (var line in lines)
        {
            if (line.StartsWith("a=fingerprint:", StringComparison.Ordinal))
            {
                var words = line["a=fingerprint:".Length..].Split(' ');
                if (words.Length == 2 && CertificateFingerprint.TryParse(words[0], words[1], out var fingerprint))
                {
                    fingerprints.Add(fingerprint!);
                }
            }
            else if (line.StartsWith("a=candidate:", StringComparison.Ordinal) && TryReadCandidate(line, out var found))
            {
                candidates.Add(found);
            }
        }

        if (candidates.Count == 0)
        {
            throw new FormatException("The answer has no IPv4 host candidate over UDP; the generator needs one.");
        }

        return new Answer(
            new IceCredentials(ufrag, password),
            [.. fingerprints.Distinct()],
            [
                .. candidates
                    .Distinct()
                    .OrderByDescending(candidate => candidate.Priority)
                    .Select(candidate => candidate.Address),
            ]
        );
    }

    /// <summary>The candidate at the given host, else the one the server likes best.</summary>
    public TransportAddress CandidateAt(IPAddress? host) =>
        host?.AddressFamily == AddressFamily.InterNetwork
        && Candidates.Where(candidate => IPv4.ToNumber(candidate) == IPv4.ToNumber(host)).ToArray() is [var match, ..]
            ? match
            : Candidates[0];

    private static string First(string[] lines, string prefix) =>
        lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal)) is { } line
            ? line[prefix.Length..]
            : throw new FormatException($"The answer has no {prefix} line.");

    /// <summary>RFC 8839 section 5.1: foundation, component, transport, priority, address, port, "typ", type.</summary>
    private static bool TryReadCandidate(string line, out (uint Priority, TransportAddress Address) candidate)
    {
        candidate = default;
        var words = line.Split(' ');
        if (
            words.Length < 8
            || words[1] != "1"
            || !words[2].Equals("udp", StringComparison.OrdinalIgnoreCase)
            || !uint.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var priority)
            || !IPAddress.TryParse(words[4], out var address)
            || address.AddressFamily != AddressFamily.InterNetwork
            || !ushort.TryParse(words[5], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        )
        {
            return false;
        }

        candidate = (priority, IPv4.ToTransportAddress(IPv4.ToNumber(address), port));
        return true;
    }
}
