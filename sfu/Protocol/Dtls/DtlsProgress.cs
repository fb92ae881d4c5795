namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>How a call into OpenSSL ended.</summary>
internal enum DtlsProgress
{
    Done,
    Waiting,
    Closed,
    Failed,
}
