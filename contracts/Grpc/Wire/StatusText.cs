using System.Globalization;
using System.Text;

namespace Grpc.Wire;

/// <summary>The <c>grpc-message</c> header: UTF-8, percent-encoded but for printable ASCII.</summary>
internal static class StatusText
{
    private const int EncodedByteLength = 3; // %XX

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length * 2);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (value is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }
        return encoded.ToString();
    }

    /// <summary>Never fails: what is not well encoded stays as it is.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var at = 0; at < bytes.Length; length++)
        {
            if (
                bytes[at] == '%'
                && at + EncodedByteLength <= bytes.Length
                && byte.TryParse(bytes.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, null, out var value)
            )
            {
                bytes[length] = value;
                at += EncodedByteLength;
            }
            else
            {
                bytes[length] = bytes[at];
                at++;
            }
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
