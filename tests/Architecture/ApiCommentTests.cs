using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Spaces.Architecture.Api;

namespace Spaces.Architecture;

/// <summary>People write clients with nothing but the .proto files: everything in them says what it is.</summary>
[TestFixture]
public sealed partial class ApiCommentTests
{
    /// <summary>Words that say nothing by themselves.</summary>
    private static readonly HashSet<string> Fillers =
    [
        "a",
        "an",
        "and",
        "the",
        "this",
        "that",
        "of",
        "for",
        "in",
        "to",
        "is",
        "its",
        "it",
        "field",
        "value",
        "message",
        "enum",
        "request",
        "response",
        "string",
        "number",
        "rpc",
        "method",
    ];

    [Test]
    public void Everything_of_the_api_has_a_comment() =>
        Assert.That(Problems(Current().Where(element => element.Comment.Length == 0), "has no comment"), Is.Empty);

    [Test]
    public void No_comment_only_says_the_name_again() =>
        Assert.That(
            Problems(
                Current().Where(element => element.Comment.Length > 0 && IsNoise(element)),
                "has a comment that only says its name; say what is valid, in which unit, and what it does"
            ),
            Is.Empty
        );

    [Test]
    public void Every_comment_is_a_sentence_that_ends() =>
        Assert.That(
            Problems(
                Current().Where(element => element.Comment.Length > 0 && !EndsLikeASentence(element.Comment)),
                "has a comment without an end; close it with a full stop"
            ),
            Is.Empty
        );

    /// <summary>By a range, or by naming what the value comes from: <c>1-64 characters</c>, <c>`Room.id`</c>.</summary>
    [Test]
    public void Every_text_and_number_that_a_client_sends_says_what_is_valid()
    {
        var sent = ApiTypes.Sent(ApiDescriptors.ReadCurrent()).ToHashSet();

        Assert.That(
            Problems(
                Current().Where(element => sent.Contains(element.Name) && !Range().IsMatch(element.Comment)),
                "does not say what is valid; give its range, or name what it comes from in code type"
            ),
            Is.Empty
        );
    }

    [Test]
    public void What_a_client_sends_is_found_through_messages_in_messages()
    {
        var sent = ApiTypes.Sent(ApiDescriptors.ReadCurrent()).ToList();

        Assert.That(sent, Is.SupersetOf(new[] { "CreateRoomRequest.title", "Join.token", "IceCredentials.password" }));
        Assert.That(sent, Has.None.StartsWith("Joined."));
    }

    [Test]
    public void Every_file_of_the_api_is_read()
    {
        var written = Repository
            .Files(".proto")
            .Where(path => path.StartsWith("contracts/proto/spaces/v1/", StringComparison.Ordinal))
            .Select(path => path["contracts/proto/".Length..]);

        Assert.That(
            ApiDescriptors.Ours(ApiDescriptors.ReadCurrent()).Select(file => file.Name),
            Is.EquivalentTo(written)
        );
    }

    /// <summary>A field, a value, a choice and a reserved number without a comment are each seen.</summary>
    [Test]
    public void What_has_no_comment_is_found()
    {
        var files = new[] { Current("spaces/v1/room.proto").Clone(), Current("spaces/v1/room_state.proto").Clone() };
        var role = files[1].EnumType.Single(type => type.Name == "Role");
        role.ReservedRange.Add(new EnumDescriptorProto.Types.EnumReservedRange { Start = 9, End = 9 });
        foreach (var file in files)
        {
            file.SourceCodeInfo.Location.Clear();
        }

        var found = files.SelectMany(CommentedElement.Of).Where(element => element.Comment.Length == 0).ToList();

        Assert.That(
            found.Select(element => $"{element.Kind} {element.Name}"),
            Is.SupersetOf(
                new[]
                {
                    "service RoomService",
                    "method RoomService.CreateRoom",
                    "message Room",
                    "field Room.id",
                    "enum Role",
                    "enum value Role.ROLE_HOST",
                    "reserved number Role 9",
                }
            )
        );
    }

    [TestCase("Room.room_id", "The room id.", true)]
    [TestCase("Room.room_id", "ID of the room", true)]
    [TestCase("Room.room_id", "1-64 characters of [A-Za-z0-9_-].", false)]
    [TestCase("GetRoomRequest", "Get room request.", true)]
    [TestCase("GetRoomRequest", "Names the room to read.", false)]
    public void A_comment_that_says_nothing_is_known(string name, string comment, bool isNoise) =>
        Assert.That(IsNoise(new CommentedElement("field", name, "", comment)), Is.EqualTo(isNoise));

    private static IEnumerable<CommentedElement> Current() =>
        ApiDescriptors.Ours(ApiDescriptors.ReadCurrent()).SelectMany(CommentedElement.Of);

    private static FileDescriptorProto Current(string name) =>
        ApiDescriptors.ReadCurrent().File.Single(file => file.Name == name);

    private static string Problems(IEnumerable<CommentedElement> elements, string problem) =>
        string.Join('\n', elements.Select(element => $"{element.Where}: {element.Kind} {element.Name} {problem}."));

    private static bool IsNoise(CommentedElement element) =>
        Words(element.Comment).Except(Words(element.Name)).All(Fillers.Contains);

    private static bool EndsLikeASentence(string comment) => comment[^1] is '.' or ';' or '?';

    /// <summary><c>GetRoomRequest.room_id</c> has the words get, room, request and id.</summary>
    private static HashSet<string> Words(string text) =>
        [.. Word().Matches(text).Select(match => match.Value.ToLowerInvariant())];

    [GeneratedRegex("[0-9]|`")]
    private static partial Regex Range();

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")]
    private static partial Regex Word();
}
