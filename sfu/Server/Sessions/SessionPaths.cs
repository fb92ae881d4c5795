using System.Collections;
using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Server.Sessions;

/// <summary>
/// The paths on which a session's checks were proven genuine; bounded, the oldest is forgotten first.
/// </summary>
internal sealed class SessionPaths : IEnumerable<NetworkPath>
{
    /// <summary>A client with two addresses against four of ours; browsers check far fewer.</summary>
    public const int CountMax = 8;

    private readonly List<NetworkPath> _paths = new(CountMax);

    /// <summary>Whether no check ever was genuine.</summary>
    public bool IsEmpty => _paths.Count == 0;

    /// <summary>Adds a path.</summary>
    /// <param name="path">Not known yet.</param>
    /// <param name="selected">Media goes there: it is never the one that is forgotten.</param>
    /// <returns>The path that had to make room, or null.</returns>
    public NetworkPath? Remember(NetworkPath path, NetworkPath? selected)
    {
        if (_paths.Contains(path))
        {
            return null;
        }

        NetworkPath? forgotten = null;
        if (_paths.Count == CountMax)
        {
            var index = _paths[0] == selected ? 1 : 0;
            forgotten = _paths[index];
            _paths.RemoveAt(index);
        }

        _paths.Add(path);
        return forgotten;
    }

    public IEnumerator<NetworkPath> GetEnumerator() => _paths.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
