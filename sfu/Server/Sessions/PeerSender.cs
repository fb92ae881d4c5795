using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Routing;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Server.Sessions;

/// <summary>The way to one listener: its SRTP keys and the send batch of the socket that its path uses.</summary>
/// <remarks>Hot path: no allocation. The packet is written into the batch's buffer and encrypted there.</remarks>
internal sealed class PeerSender(PeerTransport peer, Func<int, IDatagramSender> sends) : IListenerTransport
{
    private IDatagramSender? _batch;

    public bool TryRent(out Span<byte> buffer)
    {
        if (!peer.IsConnected || peer.SelectedPath is not { } path)
        {
            buffer = default;
            return false;
        }

        _batch = sends(path.LocalSocket);
        buffer = _batch.Rent(new DatagramAddress(path.Remote.Ip, path.Remote.Port));
        return true;
    }

    public void Send(int length)
    {
        var batch = _batch!;
        var protectedLength = peer.ProtectRtp(batch.Rented, length);
        if (protectedLength > 0)
        {
            batch.Commit(protectedLength);
        }
    }

    public void SendAgain(int length)
    {
        var batch = _batch!;
        var protectedLength = peer.ReprotectRtp(batch.Rented, length);
        if (protectedLength > 0)
        {
            batch.Commit(protectedLength);
        }
    }

    /// <summary>As <see cref="Send"/>, for RTCP.</summary>
    public void SendRtcp(int length)
    {
        var batch = _batch!;
        var protectedLength = peer.ProtectRtcp(batch.Rented, length);
        if (protectedLength > 0)
        {
            batch.Commit(protectedLength);
        }
    }
}
