using Spaces.Signaling.Server.Rooms;
using Spaces.V1;
using Participant = Spaces.Signaling.Server.Rooms.Participant;

namespace Spaces.Signaling.Server.Media;

/// <summary>One participant's media on a node, as this process knows it.</summary>
internal sealed class MediaSession(string id, SfuNode node, LiveRoom room)
{
    private Participant? _owner;
    private volatile bool _isLost;
    private volatile bool _isOpen;

    public string Id => id;

    public SfuNode Node => node;

    public LiveRoom Room => room;

    /// <summary>Null until the participant is in the room.</summary>
    public Participant? Owner
    {
        get => Volatile.Read(ref _owner);
        set => Volatile.Write(ref _owner, value);
    }

    /// <summary>Gone from the node, or the node is gone.</summary>
    public bool IsLost
    {
        get => _isLost;
        set => _isLost = value;
    }

    /// <summary>The node has said that it has it.</summary>
    public bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }

    /// <summary>What the node was last told; under the owner's media gate.</summary>
    public SessionPermissions? Applied { get; set; }
}
