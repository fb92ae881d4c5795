using System.Runtime.Intrinsics.X86;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>Which engine this processor can run (ours; the results are the same bit for bit).</summary>
public static class SrtpEngines
{
    /// <summary>Chosen once, when a context is made. A node says at start which one it is.</summary>
    public static SrtpEngine Best => IsAccelerated ? SrtpEngine.Accelerated : SrtpEngine.Portable;

    private static bool IsAccelerated => X86Aes.IsSupported && Pclmulqdq.IsSupported && Ssse3.IsSupported;
}
