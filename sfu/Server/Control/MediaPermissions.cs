namespace Spaces.Sfu.Server.Control;

/// <summary>What a session may do.</summary>
/// <param name="MayPublish">It may speak.</param>
/// <param name="IsMuted">It may, but is not heard.</param>
/// <param name="MaySubscribe">It hears the room.</param>
internal readonly record struct MediaPermissions(bool MayPublish, bool IsMuted, bool MaySubscribe)
{
    /// <summary>Whether its microphone is routed.</summary>
    public bool IsHeard => MayPublish && !IsMuted;
}
