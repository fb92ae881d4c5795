namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>Has the steps of a handshake computed; one costs as much as 200 packets.</summary>
public interface IHandshakeRunner
{
    /// <summary>
    /// Has <see cref="DtlsHandshake.Run"/> called once, on any thread, and afterwards lets the handshake's owner know.
    /// </summary>
    /// <returns>False when too many wait: what the step was given is lost, as datagrams may be.</returns>
    bool TryRun(DtlsHandshake handshake);
}
