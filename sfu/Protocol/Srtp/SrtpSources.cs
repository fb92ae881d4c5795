namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>
/// What one direction remembers of each SSRC: its highest index and its replay window (RFC 3711 §3.2.3).
/// </summary>
/// <remarks>
/// Bounded: an authenticated peer that invents SSRCs is refused after <see cref="CountMax"/>. A session has one
/// microphone or at most eight slots, so the search is a short scan. Grows only when a new SSRC is accepted.
/// </remarks>
internal sealed class SrtpSources
{
    public const int CountMax = 64;
    private const int CountStart = 2;

    private uint[] _ssrcs = new uint[CountStart];
    private ReplayWindow[] _windows = new ReplayWindow[CountStart];
    private int _count;

    /// <summary>The source's slot, or -1 when nothing of it was accepted yet.</summary>
    public int Find(uint ssrc) => _ssrcs.AsSpan(0, _count).IndexOf(ssrc);

    public bool HasRoom => _count < CountMax;

    public ref ReplayWindow Window(int slot) => ref _windows[slot];

    /// <summary>Marks an index of a source as used; the first time, the source is remembered.</summary>
    public void Accept(int slot, uint ssrc, ulong index)
    {
        if (slot < 0)
        {
            slot = Add(ssrc);
        }

        _windows[slot].Accept(index);
    }

    /// <summary>Marks an index of a source and all before it as used.</summary>
    public void Spend(int slot, uint ssrc, ulong index)
    {
        if (slot < 0)
        {
            slot = Add(ssrc);
        }

        _windows[slot].Spend(index);
    }

    private int Add(uint ssrc)
    {
        if (_count == _ssrcs.Length)
        {
            Array.Resize(ref _ssrcs, _count * 2);
            Array.Resize(ref _windows, _count * 2);
        }

        _ssrcs[_count] = ssrc;
        return _count++;
    }
}
