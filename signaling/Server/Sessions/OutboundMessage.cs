using System.Text;
using Google.Protobuf;
using Spaces.V1;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>A message for one client or for many; encoded once for each encoding, whoever asks first.</summary>
/// <remarks>Never changed once made.</remarks>
internal sealed class OutboundMessage(ServerMessage message)
{
    private byte[]? _json;
    private byte[]? _protobuf;

    public ServerMessage Message => message;

    /// <summary>Bytes in protobuf, which stands for what it costs to keep.</summary>
    public int Length { get; } = message.CalculateSize();

    /// <summary>UTF-8.</summary>
    public byte[] Json => _json ??= Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message));

    public byte[] Protobuf => _protobuf ??= message.ToByteArray();
}
