using Microsoft.Win32.SafeHandles;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>Owns an <c>SSL</c> and with it the two BIOs given to it.</summary>
internal sealed class SslHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        OpenSsl.Free(handle);
        return true;
    }
}
