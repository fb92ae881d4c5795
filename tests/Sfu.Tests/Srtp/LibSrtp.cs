using System.Runtime.InteropServices;

namespace Spaces.Sfu.Tests.Srtp;

/// <summary>The few functions of libsrtp2 that the differential test needs; the C names stand beside them.</summary>
internal static partial class LibSrtp
{
    public const int StatusOk = 0;

    /// <summary>ssrc_any_inbound and ssrc_any_outbound of srtp_ssrc_type_t.</summary>
    public const int AnyInbound = 2;
    public const int AnyOutbound = 3;

    private const string Library = "libsrtp2.so.1";

    [LibraryImport(Library, EntryPoint = "srtp_init")]
    public static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "srtp_create")]
    public static partial int Create(out nint session, in Policy policy);

    [LibraryImport(Library, EntryPoint = "srtp_dealloc")]
    public static partial int Deallocate(nint session);

    [LibraryImport(Library, EntryPoint = "srtp_protect")]
    public static partial int Protect(nint session, ref byte packet, ref int length);

    [LibraryImport(Library, EntryPoint = "srtp_unprotect")]
    public static partial int Unprotect(nint session, ref byte packet, ref int length);

    [LibraryImport(Library, EntryPoint = "srtp_protect_rtcp")]
    public static partial int ProtectRtcp(nint session, ref byte packet, ref int length);

    [LibraryImport(Library, EntryPoint = "srtp_unprotect_rtcp")]
    public static partial int UnprotectRtcp(nint session, ref byte packet, ref int length);

    /// <summary>srtp_crypto_policy_set_from_profile_for_rtp; takes the numbers of RFC 5764 and RFC 7714.</summary>
    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_from_profile_for_rtp")]
    public static partial int SetRtpPolicy(ref CryptoPolicy policy, int profile);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_from_profile_for_rtcp")]
    public static partial int SetRtcpPolicy(ref CryptoPolicy policy, int profile);

    /// <summary>srtp_crypto_policy_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CryptoPolicy
    {
        public int CipherType;
        public int CipherKeyLength;
        public int AuthenticationType;
        public int AuthenticationKeyLength;
        public int AuthenticationTagLength;
        public int Services;
    }

    /// <summary>srtp_ssrc_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Source
    {
        public int Type;
        public uint Value;
    }

    /// <summary>srtp_policy_t of libsrtp 2.5.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Policy
    {
        public Source Source;
        public CryptoPolicy Rtp;
        public CryptoPolicy Rtcp;
        public nint Key;
        public nint MasterKeys;
        public nuint MasterKeyCount;
        public nint Deprecated;
        public nuint WindowSize;
        public int AllowRepeatTransmit;
        public nint EncryptedExtensionIds;
        public int EncryptedExtensionCount;
        public nint Next;
    }
}
