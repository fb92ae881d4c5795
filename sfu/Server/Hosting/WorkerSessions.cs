using System.Text;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Stun;
using Spaces.Sfu.Server.Sessions;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>The sessions of one worker: which datagram is whose, and who is due when.</summary>
/// <remarks>
/// A session is found by the ufrag of a check, and by the path of everything else once a check of its own was proven
/// there. Not thread-safe: the worker owns it.
/// </remarks>
internal sealed class WorkerSessions
{
    private const int UfragLengthMax = 256;

    private readonly Dictionary<string, MediaSession> _byUfrag = [];
    private readonly Dictionary<string, MediaSession>.AlternateLookup<ReadOnlySpan<char>> _byUfragSpan;
    private readonly PathTable<MediaSession> _paths = new();
    private readonly DeadlineQueue<MediaSession> _deadlines = new();

    public WorkerSessions() => _byUfragSpan = _byUfrag.GetAlternateLookup<ReadOnlySpan<char>>();

    public IEnumerable<MediaSession> All => _byUfrag.Values.Distinct();

    public PathTable<MediaSession> Paths => _paths;

    public DeadlineQueue<MediaSession> Deadlines => _deadlines;

    public void Add(MediaSession session)
    {
        _byUfrag[session.LocalUfrag] = session;
        _deadlines.Update(session);
    }

    /// <summary>The session answers to a new ufrag too (ICE restart).</summary>
    public void AddUfrag(MediaSession session, string ufrag)
    {
        _byUfrag[ufrag] = session;
        if (session.AddUfrag(ufrag) is { } outdated)
        {
            _byUfrag.Remove(outdated);
        }
    }

    public bool TryFindByUfrag(ReadOnlySpan<byte> check, out MediaSession session)
    {
        session = null!;
        if (!StunMessage.TryGetLocalUfrag(check, out var ufrag) || ufrag.Length > UfragLengthMax)
        {
            return false;
        }

        Span<char> characters = stackalloc char[UfragLengthMax];
        var length = Encoding.Latin1.GetChars(ufrag, characters);
        return _byUfragSpan.TryGetValue(characters[..length], out session!);
    }

    /// <summary>
    /// An authenticated check of the session came this way, which was not another's: what else comes this way is its.
    /// </summary>
    public void Take(NetworkPath path, MediaSession session, Instant now)
    {
        if (_paths.Take(path, session, now) && session.Paths.Remember(path, session.Peer.SelectedPath) is { } forgotten)
        {
            _paths.Remove(forgotten, session);
        }
    }

    public void Remove(MediaSession session)
    {
        foreach (var ufrag in session.Ufrags)
        {
            _byUfrag.Remove(ufrag);
        }

        foreach (var path in session.Paths)
        {
            _paths.Remove(path, session);
        }
    }

    public void Clear()
    {
        _byUfrag.Clear();
        _paths.Clear();
    }
}
