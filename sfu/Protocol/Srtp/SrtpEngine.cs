namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>What computes AES for SRTP (RFC 3711 §4.1, RFC 7714 §8).</summary>
public enum SrtpEngine
{
    /// <summary>The processor's AES and carry-less multiply instructions.</summary>
    Accelerated,

    /// <summary>The platform's cryptographic library: any processor, some ten times slower a packet.</summary>
    Portable,
}
