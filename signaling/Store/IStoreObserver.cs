namespace Spaces.Signaling.Store;

/// <summary>Is told what an operator should know of a store. Any thread; must not throw.</summary>
public interface IStoreObserver
{
    /// <summary>A stored value could not be read and was put aside; it counts as absent.</summary>
    /// <param name="kind">"room", or the kind of the record.</param>
    /// <param name="name">Which one.</param>
    /// <param name="reason">What is wrong with it; nothing of its content.</param>
    void Quarantined(string kind, string name, string reason);

    /// <summary>The store answered, and refused what should have worked: no memory, no right, a bad script.</summary>
    void Refused(string reason);

    /// <summary>The store no longer answers.</summary>
    void Lost(string reason);

    /// <summary>The store answers again, or for the first time.</summary>
    void Found(string what);
}

/// <summary>Tells nobody.</summary>
public sealed class SilentStoreObserver : IStoreObserver
{
    public static readonly SilentStoreObserver Instance = new();

    public void Quarantined(string kind, string name, string reason) { }

    public void Refused(string reason) { }

    public void Lost(string reason) { }

    public void Found(string what) { }
}
