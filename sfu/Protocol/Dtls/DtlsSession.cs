using System.Runtime.InteropServices;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>One SSL object with its two memory BIOs: the safe face of the native calls.</summary>
/// <remarks>Knows nothing of time or of datagrams; <see cref="DtlsConnection"/> does.</remarks>
internal sealed class DtlsSession : IDisposable
{
    private const int BioControlPending = 10;
    private const int ApplicationDataReadsMax = 16;

    private readonly DtlsRole _role;
    private readonly SslHandle _ssl;
    private readonly nint _input;
    private readonly nint _output;
    private GCHandle _owner;

    public DtlsSession(
        DtlsConnection owner,
        DtlsRole role,
        DtlsCertificate certificate,
        IReadOnlyList<SrtpProfile> profiles,
        int datagramLengthMax
    )
    {
        _role = role;
        OpenSsl.ClearErrors();
        _ssl = OpenSsl.New(certificate.Context);
        _input = OpenSsl.NewBio(OpenSsl.MemoryBioMethod());
        _output = OpenSsl.NewBio(OpenSsl.MemoryBioMethod());
        if (_ssl.IsInvalid || _input == 0 || _output == 0)
        {
            throw new InvalidOperationException($"OpenSSL could not make a DTLS session: {OpenSsl.TakeError()}.");
        }

        // An empty BIO means "wait", not "the end".
        OpenSsl.ControlBio(_input, OpenSsl.BioControlEofReturn, -1, 0);
        OpenSsl.ControlBio(_output, OpenSsl.BioControlEofReturn, -1, 0);
        OpenSsl.SetBio(_ssl, _input, _output);
        OpenSsl.Control(_ssl, OpenSsl.ControlSetMtu, datagramLengthMax, 0);
        if (OpenSsl.SetSrtpProfiles(_ssl, string.Join(':', profiles.Select(NameOf))) != 0)
        {
            throw new InvalidOperationException($"OpenSSL could not set the SRTP profiles: {OpenSsl.TakeError()}.");
        }

        // Weak: the owner frees it, and the native side must not keep the owner alive.
        _owner = GCHandle.Alloc(owner, GCHandleType.Weak);
        OpenSsl.SetExtraData(_ssl, DtlsCallbacks.ConnectionSlot, GCHandle.ToIntPtr(_owner));
        StopNativeTimer();
        if (role == DtlsRole.Server)
        {
            OpenSsl.SetServer(_ssl);
        }
        else
        {
            OpenSsl.SetClient(_ssl);
        }
    }

    /// <summary>Whether the peer's ChangeCipherSpec was read and its Finished is what comes next.</summary>
    public bool ExpectsFinished =>
        OpenSsl.GetState(_ssl)
        == (_role == DtlsRole.Server ? OpenSsl.StateServerReadsFinished : OpenSsl.StateClientReadsFinished);

    /// <summary>Whether the peer's ChangeCipherSpec is what comes next; OpenSSL loses one that comes earlier.</summary>
    public bool ExpectsChange =>
        OpenSsl.GetState(_ssl)
        == (_role == DtlsRole.Server ? OpenSsl.StateServerReadsChange : OpenSsl.StateClientReadsChange);

    /// <summary>Takes the handshake as far as it goes, after one record was put in.</summary>
    public DtlsProgress Handshake(ReadOnlySpan<byte> record, out string error)
    {
        Write(record);
        var result = OpenSsl.DoHandshake(_ssl);
        var progress = Judge(result);
        error = progress == DtlsProgress.Failed ? OpenSsl.TakeError() : "";
        OpenSsl.ControlBio(_input, OpenSsl.BioControlReset, 0, 0);
        return progress;
    }

    /// <summary>
    /// Reads one record of the established session; application data is thrown away, there is no use for it.
    /// </summary>
    /// <returns>Whether the peer closed the session, by close_notify or by an authenticated fatal alert.</returns>
    public bool ReadUntilClosed(ReadOnlySpan<byte> record)
    {
        Write(record);
        Span<byte> discarded = stackalloc byte[1024];
        var progress = DtlsProgress.Done;
        for (var i = 0; i < ApplicationDataReadsMax && progress == DtlsProgress.Done; i++)
        {
            progress = Judge(OpenSsl.Read(_ssl, discarded, discarded.Length));
        }

        OpenSsl.ClearErrors();
        OpenSsl.ControlBio(_input, OpenSsl.BioControlReset, 0, 0);
        return progress is DtlsProgress.Closed or DtlsProgress.Failed;
    }

    /// <summary>Everything that is to be sent, records in a row; empty when there is nothing.</summary>
    public byte[] TakeOutput()
    {
        var pending = (int)OpenSsl.ControlBio(_output, BioControlPending, 0, 0);
        if (pending <= 0)
        {
            return [];
        }

        var bytes = new byte[pending];
        var read = OpenSsl.ReadBio(_output, bytes, pending);
        return read == pending ? bytes : [];
    }

    /// <summary>Exports the SRTP keys. Only when the handshake is done.</summary>
    /// <returns>Null when no SRTP profile was agreed.</returns>
    public SrtpKeyingMaterial? ExportKeys()
    {
        var selected = OpenSsl.GetSelectedSrtpProfile(_ssl);
        if (selected == 0)
        {
            return null;
        }

        var profile = (SrtpProfile)Marshal.ReadInt64(selected, nint.Size);
        var material = new byte[SrtpKeyingMaterial.Length(profile)];
        var label = "EXTRACTOR-dtls_srtp"u8;
        return OpenSsl.ExportKeyingMaterial(_ssl, material, material.Length, label, label.Length, 0, 0, 0) == 1
            ? new SrtpKeyingMaterial(profile, _role, material)
            : null;
    }

    /// <summary>Writes close_notify to the output.</summary>
    public void Shutdown()
    {
        OpenSsl.ClearErrors();
        _ = OpenSsl.Shutdown(_ssl);
        OpenSsl.ClearErrors();
    }

    public void Dispose()
    {
        _ssl.Dispose();
        if (_owner.IsAllocated)
        {
            _owner.Free();
        }
    }

    private static string NameOf(SrtpProfile profile) =>
        profile switch
        {
            SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
            SrtpProfile.AeadAes256Gcm => "SRTP_AEAD_AES_256_GCM",
            SrtpProfile.Aes128CmHmacSha1Tag80 => "SRTP_AES128_CM_SHA1_80",
            SrtpProfile.None or _ => throw new ArgumentOutOfRangeException(
                nameof(profile),
                profile,
                "Offer only SRTP profiles that this stack speaks."
            ),
        };

    private unsafe void StopNativeTimer() => OpenSsl.SetTimer(_ssl, &DtlsCallbacks.NextTimer);

    private void Write(ReadOnlySpan<byte> record)
    {
        OpenSsl.ClearErrors();
        if (!record.IsEmpty)
        {
            _ = OpenSsl.WriteBio(_input, record, record.Length);
        }
    }

    private DtlsProgress Judge(int result) =>
        result > 0
            ? DtlsProgress.Done
            : OpenSsl.GetError(_ssl, result) switch
            {
                OpenSsl.ErrorWantRead => DtlsProgress.Waiting,
                OpenSsl.ErrorZeroReturn => DtlsProgress.Closed,
                _ => DtlsProgress.Failed,
            };
}
