using System.Runtime.InteropServices;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>The few calls of libssl and libcrypto 3 that DTLS needs; the C name stands in each EntryPoint.</summary>
/// <remarks>BIO and X509 pointers are plain <c>nint</c>: the SSL object that they belong to frees them.</remarks>
internal static partial class OpenSsl
{
    public const int Dtls12Version = 0xFEFD;
    public const int EcKeyType = 408; // EVP_PKEY_EC
    public const int VerifyPeerOrFail = 0x01 | 0x02; // SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
    public const int CertificateRejected = 28; // X509_V_ERR_CERT_REJECTED

    public const int ControlSetMtu = 17; // SSL_CTRL_SET_MTU
    public const int ControlMode = 33; // SSL_CTRL_MODE
    public const int ControlSessionCacheMode = 44; // SSL_CTRL_SET_SESS_CACHE_MODE
    public const int ControlCertificateListMax = 51; // SSL_CTRL_SET_MAX_CERT_LIST
    public const int ControlGroupsList = 92; // SSL_CTRL_SET_GROUPS_LIST
    public const int ControlVersionMin = 123; // SSL_CTRL_SET_MIN_PROTO_VERSION
    public const int ControlVersionMax = 124; // SSL_CTRL_SET_MAX_PROTO_VERSION
    public const int BioControlReset = 1; // BIO_CTRL_RESET
    public const int BioControlEofReturn = 130; // BIO_C_SET_BUF_MEM_EOF_RETURN

    public const nint ModeReleaseBuffers = 0x10; // SSL_MODE_RELEASE_BUFFERS
    public const ulong OptionNoQueryMtu = 1UL << 12;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionCipherServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int ErrorSsl = 1; // SSL_ERROR_SSL
    public const int ErrorWantRead = 2; // SSL_ERROR_WANT_READ
    public const int ErrorZeroReturn = 6; // SSL_ERROR_ZERO_RETURN

    public const int StateClientReadsChange = 18; // TLS_ST_CW_FINISHED: its own Finished was sent
    public const int StateServerReadsChange = 29; // TLS_ST_SR_CERT_VRFY: the client's CertificateVerify was read
    public const int StateClientReadsFinished = 10; // TLS_ST_CR_CHANGE: the peer's ChangeCipherSpec was read
    public const int StateServerReadsFinished = 31; // TLS_ST_SR_CHANGE

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [LibraryImport(Ssl, EntryPoint = "DTLS_method")]
    public static partial nint DtlsMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    public static partial SslContextHandle NewContext(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ControlContext(SslContextHandle context, int command, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ControlContext(SslContextHandle context, int command, nint number, string text);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong SetOptions(SslContextHandle context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetCiphers(SslContextHandle context, string ciphers);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate_ASN1")]
    public static partial int UseCertificate(SslContextHandle context, int length, ReadOnlySpan<byte> der);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey_ASN1")]
    public static partial int UsePrivateKey(int type, SslContextHandle context, ReadOnlySpan<byte> der, nint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void SetVerify(SslContextHandle context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    public static unsafe partial void SetCertificateVerifier(
        SslContextHandle context,
        delegate* unmanaged[Cdecl]<nint, nint, int> callback,
        nint argument
    );

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    public static partial SslHandle New(SslContextHandle context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(SslHandle ssl, int command, nint number, nint pointer);

    /// <returns>0 on success, unlike every other call here.</returns>
    [LibraryImport(Ssl, EntryPoint = "SSL_set_tlsext_use_srtp", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetSrtpProfiles(SslHandle ssl, string profiles);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(SslHandle ssl, nint input, nint output);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetServer(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetClient(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_ex_data")]
    public static partial int SetExtraData(SslHandle ssl, int index, nint data);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_ex_data")]
    public static partial nint GetExtraData(nint ssl, int index);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_ex_data_X509_STORE_CTX_idx")]
    public static partial int StoreExtraDataIndex();

    [LibraryImport(Ssl, EntryPoint = "DTLS_set_timer_cb")]
    public static unsafe partial void SetTimer(SslHandle ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    public static partial int DoHandshake(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_state")]
    public static partial int GetState(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    public static partial int GetError(SslHandle ssl, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    public static partial int Read(SslHandle ssl, Span<byte> buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(SslHandle ssl);

    /// <returns>Null, or a pointer to { const char* name; unsigned long id }.</returns>
    [LibraryImport(Ssl, EntryPoint = "SSL_get_selected_srtp_profile")]
    public static partial nint GetSelectedSrtpProfile(SslHandle ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_export_keying_material")]
    public static partial int ExportKeyingMaterial(
        SslHandle ssl,
        Span<byte> material,
        nint materialLength,
        ReadOnlySpan<byte> label,
        nint labelLength,
        nint context,
        nint contextLength,
        int useContext
    );

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get_ex_data")]
    public static partial nint GetStoreExtraData(nint store, int index);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get0_cert")]
    public static partial nint GetStoreCertificate(nint store);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_set_error")]
    public static partial void SetStoreError(nint store, int error);

    /// <returns>
    /// The length; with a null <paramref name="output"/> it only measures, else it moves the pointer on.
    /// </returns>
    [LibraryImport(Crypto, EntryPoint = "i2d_X509")]
    public static unsafe partial int EncodeCertificate(nint certificate, byte** output);

    [LibraryImport(Crypto, EntryPoint = "BIO_s_mem")]
    public static partial nint MemoryBioMethod();

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    public static partial nint NewBio(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_read")]
    public static partial int ReadBio(nint bio, Span<byte> buffer, int length);

    [LibraryImport(Crypto, EntryPoint = "BIO_write")]
    public static partial int WriteBio(nint bio, ReadOnlySpan<byte> bytes, int length);

    [LibraryImport(Crypto, EntryPoint = "BIO_ctrl")]
    public static partial nint ControlBio(nint bio, int command, nint number, nint pointer);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    public static partial ulong GetQueuedError();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    private static partial nint GetReasonText(ulong error);

    /// <summary>Empties this thread's error queue and says what stood first in it.</summary>
    public static string TakeError()
    {
        var text = Marshal.PtrToStringUTF8(GetReasonText(GetQueuedError()));
        ClearErrors();
        return text ?? "no reason given";
    }
}
