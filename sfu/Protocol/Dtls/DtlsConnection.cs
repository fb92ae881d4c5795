namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>One DTLS association.</summary>
internal sealed class DtlsConnection(IReadOnlyList<CertificateFingerprint> remoteFingerprints)
{
    internal bool AcceptCertificate(ReadOnlySpan<byte> certificate)
    {
        foreach (var fingerprint in remoteFingerprints)
        {
            if (fingerprint.Matches(certificate))
            {
                return true;
            }
        }

        return false;
    }
}
