using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>
/// Our own certificate, which one process shows to all its peers, and OpenSSL's settings that go with it.
/// </summary>
/// <remarks>
/// ECDSA on P-256, self-signed: peers know it by its fingerprint from the SDP, not by who signed it (RFC 8827 §6.5).
/// Safe to share between threads; it must outlive every connection made with it. The settings: DTLS 1.2, forward-secret
/// AEAD suites, no renegotiation, no session resumption, the peer's certificate required.
/// </remarks>
public sealed class DtlsCertificate : IDisposable
{
    /// <summary>AES-GCM only (RFC 8827 §6.5 demands the first): see <see cref="DtlsRecord.IsLongEnough"/>.</summary>
    private const string Suites = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";

    private const string Groups = "X25519:P-256:P-384";

    /// <summary>In bytes, for the peer's whole chain; a self-signed one has well below 2 KiB.</summary>
    private const int PeerCertificateLengthMax = 6 * 1024;

    /// <summary>Clocks differ; a certificate from the future would be refused by a peer that looks.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    private DtlsCertificate(byte[] certificate, byte[] privateKey)
    {
        Fingerprint = CertificateFingerprint.Of(certificate);
        Context = CreateContext(certificate, privateKey);
    }

    /// <summary>SHA-256, for the SDP's <c>a=fingerprint</c>.</summary>
    public CertificateFingerprint Fingerprint { get; }

    internal SslContextHandle Context { get; }

    /// <summary>Makes a key pair and a certificate for it. About a millisecond.</summary>
    /// <param name="now">
    /// The time of day. Browsers go by the fingerprint alone, other stacks may look at the dates.
    /// </param>
    /// <param name="lifetime">How long from now the certificate says it is valid; a year unless told.</param>
    public static DtlsCertificate Generate(DateTimeOffset now, TimeSpan? lifetime = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=spaces", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(now - ClockSkew, now + (lifetime ?? TimeSpan.FromDays(365)));
        var privateKey = key.ExportECPrivateKey();
        try
        {
            return new DtlsCertificate(certificate.RawData, privateKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    public void Dispose() => Context.Dispose();

    private static unsafe SslContextHandle CreateContext(byte[] certificate, byte[] privateKey)
    {
        OpenSsl.ClearErrors();
        var context = OpenSsl.NewContext(OpenSsl.DtlsMethod());
        Require(!context.IsInvalid, "create a DTLS context");
        OpenSsl.SetOptions(
            context,
            OpenSsl.OptionNoQueryMtu
                | OpenSsl.OptionNoTicket
                | OpenSsl.OptionNoCompression
                | OpenSsl.OptionNoRenegotiation
                | OpenSsl.OptionCipherServerPreference
        );
        OpenSsl.ControlContext(context, OpenSsl.ControlMode, OpenSsl.ModeReleaseBuffers, 0);
        OpenSsl.ControlContext(context, OpenSsl.ControlSessionCacheMode, 0, 0);
        OpenSsl.ControlContext(context, OpenSsl.ControlCertificateListMax, PeerCertificateLengthMax, 0);
        Require(
            OpenSsl.ControlContext(context, OpenSsl.ControlVersionMin, OpenSsl.Dtls12Version, 0) == 1
                && OpenSsl.ControlContext(context, OpenSsl.ControlVersionMax, OpenSsl.Dtls12Version, 0) == 1,
            "set DTLS 1.2"
        );
        Require(OpenSsl.SetCiphers(context, Suites) == 1, "set the cipher suites");
        Require(OpenSsl.ControlContext(context, OpenSsl.ControlGroupsList, 0, Groups) == 1, "set the groups");
        Require(OpenSsl.UseCertificate(context, certificate.Length, certificate) == 1, "set the certificate");
        Require(
            OpenSsl.UsePrivateKey(OpenSsl.EcKeyType, context, privateKey, privateKey.Length) == 1,
            "set the private key"
        );
        OpenSsl.SetVerify(context, OpenSsl.VerifyPeerOrFail, 0);
        OpenSsl.SetCertificateVerifier(context, &DtlsCallbacks.VerifyCertificate, 0);
        return context;
    }

    private static void Require(bool succeeded, string step)
    {
        if (!succeeded)
        {
            throw new InvalidOperationException($"OpenSSL could not {step}: {OpenSsl.TakeError()}.");
        }
    }
}
