namespace Spaces.Sfu.Server.Control;

/// <summary>What became of a request about a session.</summary>
internal abstract record SessionAnswer
{
    private SessionAnswer() { }

    /// <param name="Sdp">The answer or fragment; it holds a password, so it is not logged.</param>
    /// <param name="IceUfrag">Ours.</param>
    internal sealed record Accepted(string Sdp, string IceUfrag) : SessionAnswer
    {
        public override string ToString() => nameof(Accepted);
    }

    /// <summary>The offer cannot be answered.</summary>
    /// <param name="Reason">A sentence for the client's developer.</param>
    internal sealed record Refused(string Reason) : SessionAnswer;

    /// <summary>The session's id or media id is taken.</summary>
    internal sealed record Taken(string Reason) : SessionAnswer;

    /// <summary>The node has all the sessions it may have.</summary>
    internal sealed record Full : SessionAnswer;

    internal sealed record NotFound : SessionAnswer;
}
