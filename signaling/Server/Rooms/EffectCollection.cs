namespace Spaces.Signaling.Server.Rooms;

/// <summary>What comes into force on media nodes because of a command, so that its answer can wait for it.</summary>
/// <param name="effects">Each gives null when it is in force, else why not yet.</param>
/// <param name="ended">Nobody collects any more.</param>
internal sealed class EffectCollection(IReadOnlyCollection<Task<Refusal?>> effects, Action ended) : IDisposable
{
    public IReadOnlyCollection<Task<Refusal?>> Effects => effects;

    public void Dispose() => ended();
}
