namespace Spaces.Signaling.Domain.Presence;

/// <summary>Messages from node to node that nobody keeps: told at most once, to whoever listens now.</summary>
/// <remarks>Any thread. Whatever must not get lost belongs in the log or in a record instead.</remarks>
public interface INodeChannel
{
    /// <summary>Never fails and never waits; also told to the listeners of this process.</summary>
    /// <param name="channel">1-200 characters of [A-Za-z0-9:_-].</param>
    /// <param name="message">At most 64 KiB.</param>
    void Publish(string channel, ReadOnlyMemory<byte> message);

    /// <summary>Listens until disposed. Calls come one after the other, and must not wait.</summary>
    IDisposable Subscribe(string channel, Action<ReadOnlyMemory<byte>> received);
}
