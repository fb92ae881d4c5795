using System.Text;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>Header blocks as literals that nobody remembers, HPACK's plainest form (RFC 7541 section 6.2.2).</summary>
internal static class Hpack
{
    public static byte[] Encode(params (string Name, string Value)[] headers) =>
        [.. headers.SelectMany(header => Literal(0x00, header.Name, header.Value))];

    /// <param name="form">The first byte: 0x00 without indexing, 0x10 never indexed, 0x40 with indexing.</param>
    /// <param name="name">Of the header.</param>
    /// <param name="value">Of the header.</param>
    public static byte[] Literal(byte form, string name, string value) => [form, .. Text(name), .. Text(value)];

    /// <summary>The value of a header that is a literal in a block, without Huffman coding; null for none.</summary>
    public static string? Find(byte[] block, string name)
    {
        var text = Encoding.ASCII.GetString(block);
        var at = text.IndexOf(name, StringComparison.Ordinal) + name.Length;
        return at < name.Length ? null : text.Substring(at + 1, text[at]);
    }

    public static byte[] Text(string text) =>
        [.. Number(0x00, 7, Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    /// <summary>An integer behind the bits of <paramref name="first"/> (RFC 7541 section 5.1).</summary>
    public static byte[] Number(byte first, int prefixBits, int value)
    {
        var max = (1 << prefixBits) - 1;
        if (value < max)
        {
            return [(byte)(first | value)];
        }
        var bytes = new List<byte> { (byte)(first | max) };
        for (value -= max; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        return [.. bytes, (byte)value];
    }
}
