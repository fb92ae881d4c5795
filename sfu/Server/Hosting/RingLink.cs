using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>A ring from one worker to another, and whether the other must be woken at the end of the turn.</summary>
/// <remarks>Owned by the sending worker, but for the ring's reading side.</remarks>
internal sealed class RingLink(PacketRing ring, Action wakeReader)
{
    private bool _hasNews;

    public bool TryRent(out Span<byte> frame) => ring.TryRent(out frame);

    public void Commit(int length)
    {
        ring.Commit(length);
        _hasNews = true;
    }

    /// <summary>Once a turn, so that a batch costs the other worker one wake-up.</summary>
    public void WakeReader()
    {
        if (_hasNews)
        {
            _hasNews = false;
            wakeReader();
        }
    }
}
