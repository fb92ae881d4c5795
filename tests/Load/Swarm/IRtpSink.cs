using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;

namespace Spaces.Load.Swarm;

/// <summary>What becomes of the media that simulated participants receive. Called on the swarm's thread.</summary>
internal interface IRtpSink
{
    /// <summary>An encrypted RTP packet; decrypting it, in place, is up to the sink.</summary>
    void HandleRtp(PeerTransport transport, NetworkPath path, in ReceivedDatagram datagram);

    /// <summary>A datagram to an address that no participant has.</summary>
    void HandleStray(in ReceivedDatagram datagram);
}
