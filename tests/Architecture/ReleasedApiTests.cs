using Google.Protobuf.Reflection;
using Spaces.Architecture.Api;
using static Google.Protobuf.Reflection.FieldDescriptorProto.Types;

namespace Spaces.Architecture;

/// <summary>Whoever was built against the last release can go on: nothing of spaces.v1 goes or changes.</summary>
[TestFixture]
public sealed class ReleasedApiTests
{
    /// <summary>
    /// Numbers that the release reserved for what was to come, and what has come. They were never in use.
    /// </summary>
    private static readonly HashSet<string> KeptForLater =
    [
        "spaces.v1.Role 3", // the co-host
        "spaces.v1.RoomState 1", // the scheduled room
    ];

    [Test]
    public void Nothing_of_the_last_release_is_gone_or_changed()
    {
        var compatibility = new ApiCompatibility(
            ApiDescriptors.ReadReleased(),
            ApiDescriptors.ReadCurrent(),
            KeptForLater
        );

        Assert.That(string.Join('\n', compatibility.Breaks()), Is.Empty);
    }

    [Test]
    public void The_last_release_is_on_file() =>
        Assert.That(
            ApiTypes.Messages(ApiDescriptors.ReadReleased()).Select(entry => entry.Name),
            Is.SupersetOf(new[] { "spaces.v1.Room", "spaces.v1.ClientMessage", "spaces.v1.NodeEvent" })
        );

    [TestCaseSource(nameof(Breaking))]
    public void A_break_is_found(Action<Changed> change, string[] expected) =>
        Assert.That(BreaksAfter(change), Is.EquivalentTo(expected));

    [TestCaseSource(nameof(Harmless))]
    public void An_addition_is_none(Action<Changed> change) => Assert.That(BreaksAfter(change), Is.Empty);

    private static IEnumerable<TestCaseData> Breaking =>
        [
            Break("A field gone", api => Remove(api.Room, "title"), Gone("Room.title", 2)),
            Break("A field gone that was never deprecated", RemoveWithReservation, Gone("Room.title", 2)[0]),
            Break("A deprecated field gone, its number free", RemoveDeprecated, Gone("Old.was", 1)[1..]),
            Break(
                "A field's number",
                api => Field(api.Room, "title").Number = 99,
                "spaces.v1.Room.title: number was 2, is 99. Give it its number back."
            ),
            Break(
                "A field's name",
                api => Field(api.Room, "title").Name = "heading",
                Was("Room.title", "name", "title", "heading")
            ),
            Break(
                "A field's JSON name",
                api => Field(api.Room, "host_name").JsonName = "host",
                Was("Room.host_name", "JSON name", "hostName", "host")
            ),
            Break(
                "A field's type",
                api => Field(api.Room, "version").Type = FieldDescriptorProto.Types.Type.Int64,
                Was("Room.version", "type", "uint64", "int64")
            ),
            Break(
                "The type of a message field",
                api => Field(api.Room, "created_at").TypeName = ".google.protobuf.Duration",
                Was("Room.created_at", "type", "google.protobuf.Timestamp", "google.protobuf.Duration")
            ),
            Break(
                "A field that repeats",
                api => Field(api.Room, "title").Label = Label.Repeated,
                Was("Room.title", "label", "single", "repeated")
            ),
            Break("A field that can be absent", MakeOptional, Was("Room.title", "label", "single", "optional")),
            Break("A field put into a oneof", PutIntoOneof, Was("Room.title", "oneof", "none", "what")),
            Break(
                "A field taken out of a oneof",
                api => Field(api.Message("ClientMessage"), "join").ClearOneofIndex(),
                Was("ClientMessage.join", "oneof", "request", "none")
            ),
            Break(
                "A message gone",
                api => api.File("room").MessageType.Remove(api.Message("Participant")),
                "Message spaces.v1.Participant is gone. Keep it."
            ),
            Break(
                "An enum gone",
                api => api.File("room").EnumType.Remove(api.Role),
                "Enum spaces.v1.Role is gone. Keep it."
            ),
            Break(
                "An enum value gone",
                api => api.Role.Value.Remove(Value(api.Role, "ROLE_SPEAKER")),
                "spaces.v1.Role.ROLE_SPEAKER is gone. Keep it; a value of an enum never goes."
            ),
            Break(
                "An enum value's name",
                api => Value(api.Role, "ROLE_SPEAKER").Name = "ROLE_TALKER",
                "spaces.v1.Role.ROLE_SPEAKER: name was ROLE_SPEAKER, is ROLE_TALKER. Give it its name back."
            ),
            Break(
                "An enum value's number",
                api => Value(api.Role, "ROLE_SPEAKER").Number = 9,
                Was("Role.ROLE_SPEAKER", "number", "2", "9")
            ),
            Break(
                "A reserved number of an enum taken",
                api =>
                {
                    api.Old.ReservedRange.Clear();
                    api.Old.Value.Add(new EnumValueDescriptorProto { Name = "NEW", Number = 5 });
                },
                "spaces.v1.OldKind.NEW takes the number 5, which is reserved. Take another."
            ),
            Break(
                "A reserved name of an enum taken",
                api =>
                {
                    api.Old.ReservedName.Clear();
                    api.Old.Value.Add(new EnumValueDescriptorProto { Name = "OLD_GONE", Number = 8 });
                },
                "spaces.v1.OldKind.OLD_GONE takes a name that is reserved. Take another."
            ),
            Break(
                "A reserved number of a message taken",
                api =>
                {
                    api.Message("Old").ReservedRange.Clear();
                    api.Message("Old").Field.Add(new FieldDescriptorProto { Name = "fresh", Number = 7 });
                },
                "spaces.v1.Old.fresh takes the number 7, which is reserved. Take another."
            ),
            Break(
                "A reserved name of a message taken",
                api =>
                {
                    api.Message("Old").ReservedName.Clear();
                    api.Message("Old").Field.Add(new FieldDescriptorProto { Name = "gone", Number = 8 });
                },
                "spaces.v1.Old.gone takes a name that is reserved. Take another."
            ),
            Break(
                "A reservation gone",
                api =>
                {
                    api.Message("Old").ReservedRange.Clear();
                    api.Message("Old").ReservedName.Clear();
                },
                "spaces.v1.Old: number 7 is no longer reserved. Add `reserved 7;` again.",
                "spaces.v1.Old: name gone is no longer reserved. Add `reserved \"gone\";` again."
            ),
            Break(
                "A service gone",
                api => api.File("room").Service.Clear(),
                "Service spaces.v1.RoomService is gone. Keep it."
            ),
            Break(
                "A method gone",
                api => api.Rooms.Method.RemoveAt(0),
                "Method spaces.v1.RoomService.CreateRoom is gone. Keep it."
            ),
            Break(
                "A method that streams",
                api => api.Rooms.Method[0].ServerStreaming = true,
                "spaces.v1.RoomService.CreateRoom: was unary, is server streaming. Add another method instead."
            ),
            Break(
                "A method that streams no longer",
                api => api.File("signaling").Service[0].Method[0].ClientStreaming = false,
                "spaces.v1.SignalingService.Connect: was bidirectional streaming, is server streaming. "
                    + "Add another method instead."
            ),
            Break(
                "A method's request",
                api => api.Rooms.Method[0].InputType = ".spaces.v1.Room",
                "spaces.v1.RoomService.CreateRoom: request was .spaces.v1.CreateRoomRequest, is .spaces.v1.Room. "
                    + "Change it back."
            ),
            Break(
                "A method's response",
                api => api.Rooms.Method[0].OutputType = ".spaces.v1.Room",
                "spaces.v1.RoomService.CreateRoom: response was .spaces.v1.CreateRoomResponse, is .spaces.v1.Room. "
                    + "Change it back."
            ),
            Break(
                "A method that GET reaches no longer",
                api => api.Rooms.Method[1].Options = null,
                "spaces.v1.RoomService.GetRoom: answers GET no longer. Put NO_SIDE_EFFECTS back."
            ),
            Break(
                "A package",
                api => api.File("old").Package = "spaces.v2",
                "spaces/v1/old.proto: package was spaces.v1, is spaces.v2. Change it back, or add something new.",
                "Message spaces.v1.Old is gone. Keep it.",
                "Enum spaces.v1.OldKind is gone. Keep it."
            ),
            Break(
                "A C# namespace",
                api => api.File("room").Options.CsharpNamespace = "Rooms",
                "spaces/v1/room.proto: C# namespace was Spaces.V1, is Rooms. Change it back, or add something new."
            ),
        ];

    private static IEnumerable<TestCaseData> Harmless =>
        [
            Addition("Nothing at all", _ => { }),
            Addition("A field", api => api.Room.Field.Add(new FieldDescriptorProto { Name = "topic", Number = 50 })),
            Addition("A message", api => api.File("room").MessageType.Add(new DescriptorProto { Name = "Topic" })),
            Addition("A file", api => api.Set.File.Add(new FileDescriptorProto { Name = "spaces/v1/new.proto" })),
            Addition(
                "An enum value",
                api => api.Role.Value.Add(new EnumValueDescriptorProto { Name = "ROLE_GUEST", Number = 50 })
            ),
            Addition("A method", api => api.Rooms.Method.Add(new MethodDescriptorProto { Name = "FindRoom" })),
            Addition(
                "A reserved number that was kept for this",
                api =>
                {
                    api.Role.ReservedRange.Clear();
                    api.Role.Value.Add(new EnumValueDescriptorProto { Name = "ROLE_CO_HOST", Number = 3 });
                }
            ),
            Addition("A deprecation", api => Field(api.Room, "title").Options = new FieldOptions { Deprecated = true }),
            Addition("The end of a deprecated field", RemoveDeprecatedWithReservation),
            Addition("A message in another file", MoveParticipant),
        ];

    private static List<string> BreaksAfter(Action<Changed> change)
    {
        var released = ApiDescriptors.ReadReleased();
        released.File.Add(OldFile());
        var changed = new Changed(released.Clone());
        change(changed);
        return [.. new ApiCompatibility(released, changed.Set, KeptForLater).Breaks()];
    }

    /// <summary>With what the release itself does not have: something deprecated, and reserved for good.</summary>
    private static FileDescriptorProto OldFile()
    {
        var was = new FieldDescriptorProto
        {
            Name = "was",
            JsonName = "was",
            Number = 1,
            Options = new FieldOptions { Deprecated = true },
        };
        var message = new DescriptorProto
        {
            Name = "Old",
            Field = { was },
            ReservedName = { "gone" },
        };
        message.ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 7, End = 8 });
        var kind = new EnumDescriptorProto { Name = "OldKind", ReservedName = { "OLD_GONE" } };
        kind.ReservedRange.Add(new EnumDescriptorProto.Types.EnumReservedRange { Start = 5, End = 5 });
        return new FileDescriptorProto
        {
            Name = "spaces/v1/old.proto",
            Package = ApiDescriptors.Package,
            MessageType = { message },
            EnumType = { kind },
        };
    }

    private static void RemoveWithReservation(Changed api)
    {
        Remove(api.Room, "title");
        api.Room.ReservedName.Add("title");
        api.Room.ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 2, End = 3 });
    }

    private static void RemoveDeprecated(Changed api) => Remove(api.Message("Old"), "was");

    private static void RemoveDeprecatedWithReservation(Changed api)
    {
        RemoveDeprecated(api);
        api.Message("Old").ReservedName.Add("was");
        api.Message("Old").ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 1, End = 2 });
    }

    private static void MakeOptional(Changed api)
    {
        var title = Field(api.Room, "title");
        title.Proto3Optional = true;
        title.OneofIndex = 0;
        api.Room.OneofDecl.Add(new OneofDescriptorProto { Name = "_title" });
    }

    private static void PutIntoOneof(Changed api)
    {
        Field(api.Room, "title").OneofIndex = 0;
        api.Room.OneofDecl.Add(new OneofDescriptorProto { Name = "what" });
    }

    private static void MoveParticipant(Changed api)
    {
        var participant = api.Message("Participant");
        api.File("room").MessageType.Remove(participant);
        api.File("signaling").MessageType.Add(participant);
    }

    private static void Remove(DescriptorProto message, string field) => message.Field.Remove(Field(message, field));

    private static FieldDescriptorProto Field(DescriptorProto message, string name) =>
        message.Field.Single(field => field.Name == name);

    private static EnumValueDescriptorProto Value(EnumDescriptorProto type, string name) =>
        type.Value.Single(value => value.Name == name);

    private static string[] Gone(string field, int number) =>
        [
            $"spaces.v1.{field} is gone. Keep it; only what a release marked deprecated may go.",
            $"spaces.v1.{field} is gone and its number is free. Add `reserved {number};`.",
            $"spaces.v1.{field} is gone and its name is free. Add `reserved \"{field[(field.IndexOf('.') + 1)..]}\";`.",
        ];

    private static string Was(string name, string what, string before, string now) =>
        $"spaces.v1.{name}: {what} was {before}, is {now}. Change it back, or add something new.";

    private static TestCaseData Break(string name, Action<Changed> change, params string[] expected) =>
        new TestCaseData(change, expected).SetArgDisplayNames(name);

    private static TestCaseData Addition(string name, Action<Changed> change) =>
        new TestCaseData(change).SetArgDisplayNames(name);

    /// <summary>A copy of the released descriptors, for a test to change.</summary>
    public sealed record Changed(FileDescriptorSet Set)
    {
        public DescriptorProto Room => Message("Room");

        public EnumDescriptorProto Role => File("room").EnumType.Single(type => type.Name == "Role");

        public EnumDescriptorProto Old => File("old").EnumType[0];

        public ServiceDescriptorProto Rooms => File("room").Service[0];

        public FileDescriptorProto File(string name) => Set.File.Single(file => file.Name == $"spaces/v1/{name}.proto");

        public DescriptorProto Message(string name) =>
            ApiTypes.Messages(Set).Single(entry => entry.Name == $"{ApiDescriptors.Package}.{name}").Message;
    }
}
