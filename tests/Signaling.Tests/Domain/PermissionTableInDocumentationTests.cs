using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>docs/protocol.md shows the permission table as the code has it.</summary>
[TestFixture]
internal sealed class PermissionTableInDocumentationTests
{
    /// <summary>How the documentation heads the columns.</summary>
    private static readonly Dictionary<Standing, string> Columns = new()
    {
        [Standing.Outsider] = "outside",
        [Standing.Listener] = "listener",
        [Standing.RaisedHand] = "hand up",
        [Standing.Invited] = "invited",
        [Standing.Speaker] = "speaker",
        [Standing.SuppressedSpeaker] = "suppressed",
        [Standing.CoHost] = "co-host",
        [Standing.Host] = "host",
        [Standing.Administrator] = "admin",
        [Standing.System] = "system",
    };

    [Test]
    public void The_documented_table_is_the_one_in_force()
    {
        var documented = File.ReadLines(Path.Combine(RepositoryRoot(), "docs/protocol.md"))
            .SkipWhile(line => !line.StartsWith("| | outside |", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|'));

        Assert.That(documented, Is.EqualTo(Table()), $"Paste:\n{string.Join('\n', Table())}");
    }

    private static IEnumerable<string> Table() =>
        [
            $"| | {string.Join(" | ", Enum.GetValues<Standing>().Select(standing => Columns[standing]))} |",
            $"|---{string.Concat(Columns.Select(_ => "|---"))}|",
            .. Enum.GetValues<Right>().Select(right => Row(Permissions.Table[right])),
        ];

    private static string Row(PermissionRow row)
    {
        var cells = Enum.GetValues<Standing>().Select(standing => row.Allowed.Contains(standing) ? " yes" : "");
        return $"| {row.Act} |{string.Join(" |", cells)} |";
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Spaces.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("Spaces.sln");
        }

        return directory.FullName;
    }
}
