using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Spaces.Architecture.Api;

namespace Spaces.Architecture;

/// <summary>docs/api.md says what the .proto files say: it is written from them, and by nobody's hand.</summary>
[TestFixture]
public sealed partial class ReferencePageTests
{
    private const string PagePath = "docs/api.md";
    private const string IntroductionPath = "docs/api.introduction.md";

    /// <summary>Set by <c>make api</c>: then the page is written instead of compared.</summary>
    private const string WriteVariable = "WRITE_API_PAGE";

    [Test]
    public void The_reference_page_is_up_to_date()
    {
        var page = WritePage();
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, PagePath), page);
        }

        Assert.That(
            Repository.Read(PagePath) == page,
            $"{PagePath} is not what the .proto files and {IntroductionPath} say now. Run `make api`."
        );
    }

    [Test]
    public void Everything_of_the_api_has_its_place_on_the_page()
    {
        var headings = Headings(WritePage()).ToList();
        var api = new ApiModel(ApiDescriptors.ReadCurrent());

        Assert.That(
            headings,
            Is.SupersetOf(
                api.Services.Select(service => service.Name)
                    .Concat(api.Messages.Select(message => message.Name))
                    .Concat(api.Enums.Select(type => type.Name))
            )
        );
    }

    [Test]
    public void No_two_headings_of_the_page_have_the_same_anchor() =>
        Assert.That(Headings(WritePage()).Select(Markdown.AnchorOf), Is.Unique);

    [Test]
    public void Every_link_within_the_page_leads_somewhere()
    {
        var page = WritePage();

        Assert.That(
            Anchors().Matches(page).Select(match => match.Groups[1].Value).Distinct(),
            Is.SubsetOf(Headings(page).Select(Markdown.AnchorOf))
        );
    }

    [Test]
    public void Every_file_the_page_links_to_exists() =>
        Assert.That(
            FileLinks()
                .Matches(WritePage())
                .Select(match => match.Groups[1].Value)
                .Distinct()
                .Where(path => !Path.Exists(Path.Combine(Repository.Root, "docs", path))),
            Is.Empty
        );

    [Test]
    public void A_method_has_its_errors_with_their_http_status()
    {
        var errors = ApiErrors.Split("Opens it.\nNOT_FOUND: no such\nroom. ABORTED: too late.");

        Assert.That(errors.Text, Is.EqualTo("Opens it."));
        Assert.That(
            errors.Errors,
            Is.EqualTo(new[] { new ApiError("NOT_FOUND", "No such room."), new ApiError("ABORTED", "Too late.") })
        );
    }

    [Test]
    public void A_service_has_the_errors_common_to_its_methods()
    {
        var errors = ApiErrors.SplitCommon(
            "Rooms.\n\nErrors common to all methods: UNAUTHENTICATED, NOT_FOUND (no room\n(any more); look again)."
        );

        Assert.That(errors.Text, Is.EqualTo("Rooms."));
        Assert.That(
            errors.Errors,
            Is.EqualTo(
                new[]
                {
                    new ApiError("UNAUTHENTICATED", "As everywhere."),
                    new ApiError("NOT_FOUND", "No room (any more); look again."),
                }
            )
        );
    }

    [Test]
    public void Text_behind_a_list_is_no_part_of_the_list() =>
        Assert.That(
            new Markdown(new Dictionary<string, string>()).Block("All:\n  - one\n    more;\n  - two.\nWhat follows."),
            Is.EqualTo("All:\n  - one\n    more;\n  - two.\n\nWhat follows.")
        );

    [TestCase("`Room.id` of it", "[`Room.id`](#room) of it")]
    [TestCase("`a|b` or <c>", @"`a\|b` or &lt;c>")]
    [TestCase("ROLE_HOST\n  decides", "[ROLE_HOST](#role) decides")]
    [TestCase("`unknown`", "`unknown`")]
    public void A_comment_becomes_a_cell_with_links(string comment, string cell)
    {
        var markdown = new Markdown(new Dictionary<string, string> { ["Room.id"] = "Room", ["ROLE_HOST"] = "Role" });

        Assert.That(markdown.Cell(comment), Is.EqualTo(cell));
    }

    /// <summary>What the page shows of each kind of field, on a small file of its own.</summary>
    [Test]
    public void A_message_is_a_table_of_its_fields()
    {
        var message = new DescriptorProto
        {
            Name = "Thing",
            OneofDecl = { new OneofDescriptorProto { Name = "choice" } },
            Field =
            {
                new FieldDescriptorProto
                {
                    Name = "second_one",
                    JsonName = "secondOne",
                    Number = 2,
                    Type = FieldDescriptorProto.Types.Type.Uint32,
                    OneofIndex = 0,
                },
                new FieldDescriptorProto
                {
                    Name = "third",
                    JsonName = "third",
                    Number = 3,
                    Type = FieldDescriptorProto.Types.Type.Bool,
                    OneofIndex = 0,
                },
                new FieldDescriptorProto
                {
                    Name = "more",
                    JsonName = "more",
                    Number = 1,
                    Label = FieldDescriptorProto.Types.Label.Repeated,
                    TypeName = ".spaces.v1.Thing",
                    Options = new FieldOptions { Deprecated = true },
                },
            },
        };
        var file = new FileDescriptorProto
        {
            Name = "spaces/v1/thing.proto",
            Package = ApiDescriptors.Package,
            MessageType = { message },
            SourceCodeInfo = new SourceCodeInfo(),
        };

        var page = ReferencePage.Write(new FileDescriptorSet { File = { file } }, "# Introduction");

        Assert.That(page, Does.StartWith("# Introduction\n"));
        Assert.That(page, Does.Contain("`choice` is one of the fields 2-3."));
        Assert.That(
            page,
            Does.Contain(
                "| 1 | `more` (deprecated) | repeated [`Thing`](#thing) | `more` |  |\n"
                    + "| 2 | `second_one` | `uint32` | `secondOne` |  |\n"
            )
        );
    }

    private static string WritePage() =>
        ReferencePage.Write(ApiDescriptors.ReadCurrent(), Repository.Read(IntroductionPath));

    private static IEnumerable<string> Headings(string page) =>
        HeadingLines().Matches(WithoutCode(page)).Select(match => match.Groups[1].Value);

    /// <summary>A line of a shell example that starts with <c>#</c> is no heading.</summary>
    private static string WithoutCode(string page) => CodeBlocks().Replace(page, "");

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex HeadingLines();

    [GeneratedRegex("^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex(@"\]\(#([^)]*)\)")]
    private static partial Regex Anchors();

    [GeneratedRegex(@"\]\((?!#|https?:)([^)#]+)")]
    private static partial Regex FileLinks();
}
