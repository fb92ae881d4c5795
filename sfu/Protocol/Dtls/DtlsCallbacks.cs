using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>What OpenSSL calls back. No exception may leave these.</summary>
internal static unsafe class DtlsCallbacks
{
    /// <summary>
    /// The application's own slot of an SSL object; here a handle of its <see cref="DtlsConnection"/>.
    /// </summary>
    public const int ConnectionSlot = 0;

    /// <summary>An hour in µs: OpenSSL's own timer must never fire, see <see cref="DtlsConnection"/>.</summary>
    private const uint Never = 3_600_000_000;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static uint NextTimer(nint _1, uint _2) => Never;

    /// <summary>Takes the place of chain verification: the fingerprint is what counts.</summary>
    /// <returns>1 to go on; 0 to end the handshake with a bad_certificate alert.</returns>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int VerifyCertificate(nint store, nint _1)
    {
        var ssl = OpenSsl.GetStoreExtraData(store, OpenSsl.StoreExtraDataIndex());
        var certificate = OpenSsl.GetStoreCertificate(store);
        var connection = ssl == 0 ? 0 : OpenSsl.GetExtraData(ssl, ConnectionSlot);
        if (
            certificate != 0
            && connection != 0
            && GCHandle.FromIntPtr(connection).Target is DtlsConnection owner
            && owner.AcceptCertificate(Encode(certificate))
        )
        {
            return 1;
        }

        OpenSsl.SetStoreError(store, OpenSsl.CertificateRejected);
        return 0;
    }

    private static byte[] Encode(nint certificate)
    {
        var length = OpenSsl.EncodeCertificate(certificate, null);
        if (length <= 0)
        {
            return [];
        }

        var der = new byte[length];
        fixed (byte* start = der)
        {
            var position = start;
            return OpenSsl.EncodeCertificate(certificate, &position) == length ? der : [];
        }
    }
}
