using System.Runtime.InteropServices;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Srtp;

/// <summary>One direction of libsrtp2 with the keys of one of our contexts.</summary>
internal sealed class LibSrtpSession : IDisposable
{
    private nint _session;

    public unsafe LibSrtpSession(SrtpProfile profile, byte[] masterKey, byte[] masterSalt, int direction)
    {
        var policy = default(LibSrtp.Policy);
        policy.Source.Type = direction;
        policy.WindowSize = ReplayWindow.Length;
        Assert.That(LibSrtp.SetRtpPolicy(ref policy.Rtp, (int)profile), Is.EqualTo(LibSrtp.StatusOk));
        Assert.That(LibSrtp.SetRtcpPolicy(ref policy.Rtcp, (int)profile), Is.EqualTo(LibSrtp.StatusOk));
        byte[] key = [.. masterKey, .. masterSalt];
        fixed (byte* pinned = key)
        {
            policy.Key = (nint)pinned;
            Assert.That(LibSrtp.Create(out _session, in policy), Is.EqualTo(LibSrtp.StatusOk));
        }
    }

    /// <summary>The protected length, or 0 when libsrtp refuses.</summary>
    public int ProtectRtp(Span<byte> buffer, int length) =>
        LibSrtp.Protect(_session, ref MemoryMarshal.GetReference(buffer), ref length) == LibSrtp.StatusOk ? length : 0;

    public int ProtectRtcp(Span<byte> buffer, int length) =>
        LibSrtp.ProtectRtcp(_session, ref MemoryMarshal.GetReference(buffer), ref length) == LibSrtp.StatusOk
            ? length
            : 0;

    public bool TryUnprotectRtp(Span<byte> packet, out int length)
    {
        length = packet.Length;
        return LibSrtp.Unprotect(_session, ref MemoryMarshal.GetReference(packet), ref length) == LibSrtp.StatusOk;
    }

    public bool TryUnprotectRtcp(Span<byte> packet, out int length)
    {
        length = packet.Length;
        return LibSrtp.UnprotectRtcp(_session, ref MemoryMarshal.GetReference(packet), ref length) == LibSrtp.StatusOk;
    }

    public void Dispose()
    {
        if (_session != 0)
        {
            Assert.That(LibSrtp.Deallocate(_session), Is.EqualTo(LibSrtp.StatusOk));
            _session = 0;
        }
    }
}
