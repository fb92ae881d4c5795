using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spaces.Signaling.Server.Admin;

/// <summary>How an exported file is written.</summary>
internal enum ExportFileFormat
{
    /// <summary>One JSON object a line.</summary>
    Ndjson,

    /// <summary>RFC 4180, with a line of column names.</summary>
    Csv,
}

/// <summary>Writes rows of a table as lines of a file, in pieces of whole lines.</summary>
/// <remarks>
/// People's texts go into it. In CSV one that begins like a formula (=, +, -, @, tab) gets a ' before it, or a
/// spreadsheet would carry it out.
/// </remarks>
internal sealed class ExportFile(ExportFileFormat format, params string[] columns)
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What goes before the first row; may be empty.</summary>
    public byte[] Head() => format == ExportFileFormat.Csv ? CsvLine(columns) : [];

    /// <summary>One line.</summary>
    /// <param name="values">As many as there are columns; null: nothing.</param>
    public byte[] Row(params IReadOnlyList<string?> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, columns.Length);
        return format == ExportFileFormat.Csv ? CsvLine(values) : JsonLine(values);
    }

    private byte[] JsonLine(IReadOnlyList<string?> values)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            for (var i = 0; i < columns.Length; i++)
            {
                json.WriteString(columns[i], values[i]);
            }

            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static byte[] CsvLine(IReadOnlyList<string?> values) =>
        Encoding.UTF8.GetBytes(string.Join(',', values.Select(CsvField)) + "\r\n");

    private static string CsvField(string? value)
    {
        var text = value ?? "";
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text = $"'{text}";
        }

        return text.AsSpan().IndexOfAny("\",\r\n") < 0
            ? text
            : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
