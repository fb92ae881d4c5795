using System.Text;
using Spaces.Signaling.Server.Admin;

namespace Spaces.Signaling.Tests.Admin;

/// <summary>Files that others open, with people's texts in them.</summary>
[TestFixture]
internal sealed class ExportFileTests
{
    [TestCase("plain", "plain")]
    [TestCase("a,b", "\"a,b\"")]
    [TestCase("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [TestCase("two\nlines", "\"two\nlines\"")]
    [TestCase("=1+1", "'=1+1")]
    [TestCase("+1", "'+1")]
    [TestCase("-1", "'-1")]
    [TestCase("@a", "'@a")]
    [TestCase("\tx", "'\tx")]
    [TestCase("=\"a\",b", "\"'=\"\"a\"\",b\"")]
    [TestCase("", "")]
    [TestCase(null, "")]
    public void A_field_of_csv_is_quoted_and_never_a_formula(string? value, string field)
    {
        var file = new ExportFile(ExportFileFormat.Csv, "id", "text");

        Assert.That(Text(file.Head()), Is.EqualTo("id,text\r\n"));
        Assert.That(Text(file.Row("1", value)), Is.EqualTo($"1,{field}\r\n"));
    }

    [Test]
    public void A_line_of_ndjson_is_one_object()
    {
        var file = new ExportFile(ExportFileFormat.Ndjson, "id", "text");

        Assert.That(file.Head(), Is.Empty);
        Assert.That(
            Text(file.Row("1", "two\nlines, \"quoted\", Grüße")),
            Is.EqualTo("{\"id\":\"1\",\"text\":\"two\\nlines, \\\"quoted\\\", Grüße\"}\n")
        );
        Assert.That(Text(file.Row("1", null)), Is.EqualTo("{\"id\":\"1\",\"text\":null}\n"));
    }

    private static string Text(byte[] line) => Encoding.UTF8.GetString(line);
}
