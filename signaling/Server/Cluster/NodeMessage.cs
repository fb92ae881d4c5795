using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>What one signaling node tells another.</summary>
internal enum NodeMessageKind
{
    /// <summary>Somebody's place is another node's by now, or gone: look, and let go.</summary>
    Moved = 1,

    /// <summary>Put into force what the room's log says about somebody, and answer.</summary>
    Settle = 2,

    /// <summary>The answer to <see cref="Settle"/>.</summary>
    Settled = 3,
}

/// <param name="Kind">What to do.</param>
/// <param name="Room">Where.</param>
/// <param name="Participant">Whom it is about.</param>
/// <param name="Sender">Who asks; answers go there.</param>
/// <param name="Call">Joins an answer to its question.</param>
/// <param name="InForce">Of an answer.</param>
internal sealed record NodeMessage(
    NodeMessageKind Kind,
    string Room,
    string Participant,
    string Sender,
    string Call = "",
    bool InForce = false
)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, NodeMessageJson.Default.NodeMessage);

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out NodeMessage? message)
    {
        message = null;
        try
        {
            message = JsonSerializer.Deserialize(bytes, NodeMessageJson.Default.NodeMessage);
        }
        catch (JsonException)
        {
            // Of another version of this program: as if it had got lost.
        }

        return message is { Room: not null, Participant: not null, Sender: not null, Call: not null };
    }
}

[JsonSerializable(typeof(NodeMessage))]
internal sealed partial class NodeMessageJson : JsonSerializerContext;
