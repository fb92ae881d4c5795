using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;

namespace Spaces.Load.Swarm;

/// <summary>A simulated participant's transport, and the promise of its connection.</summary>
internal sealed class Participant(PeerTransport transport, NetworkPath path) : IDisposable
{
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PeerTransport Transport { get; } = transport;

    /// <summary>The server's address.</summary>
    public NetworkPath Path { get; } = path;

    /// <summary>Ends when media can flow; fails with an <see cref="IOException"/> that says why it cannot.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Whether the transport ended after it was connected.</summary>
    public bool IsLost { get; private set; }

    public void Handle(PeerEvent peerEvent)
    {
        switch (peerEvent)
        {
            case PeerEvent.Connected:
                _ = _connected.TrySetResult();
                break;
            case PeerEvent.HandshakeFailed failed:
                Fail($"DTLS failed: {failed.Reason}");
                break;
            case PeerEvent.ConsentExpired:
                Fail("the server no longer answers ICE checks");
                break;
            case PeerEvent.Closed:
                Fail("the server closed the transport");
                break;
            default:
                break;
        }
    }

    public void Dispose()
    {
        _ = _connected.TrySetCanceled();
        Transport.Dispose();
    }

    private void Fail(string reason)
    {
        IsLost = true;
        _ = _connected.TrySetException(new IOException($"A simulated participant lost its connection: {reason}."));
    }
}
