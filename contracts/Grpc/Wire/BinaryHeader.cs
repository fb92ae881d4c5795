using System.Buffers.Text;

namespace Grpc.Wire;

/// <summary>The value of a <c>-bin</c> header: base64, written without padding, read with or without.</summary>
internal static class BinaryHeader
{
    private const int GroupLength = 4;

    public static string Encode(byte[] value) => Convert.ToBase64String(value).TrimEnd('=');

    /// <returns>False where the text is not base64.</returns>
    public static bool TryDecode(string text, out byte[] value)
    {
        value = [];
        var unpadded = text.TrimEnd('=');
        if (unpadded.Length % GroupLength == 1)
        {
            return false;
        }

        var padded = unpadded.PadRight((unpadded.Length + GroupLength - 1) / GroupLength * GroupLength, '=');
        var buffer = new byte[Base64.GetMaxDecodedFromUtf8Length(padded.Length)];
        if (!Convert.TryFromBase64String(padded, buffer, out var length))
        {
            return false;
        }
        value = buffer[..length];
        return true;
    }
}
