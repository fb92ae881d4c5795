using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>The stored form of rooms and events: JSON, so that an operator can read it.</summary>
/// <remarks>The names of events and fields are for ever; what changes them raises <see cref="Version"/>.</remarks>
internal static class RoomJson
{
    public const int Version = 1;

    public static JsonSerializerOptions Options { get; } = CreateOptions();

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
            MaxDepth = 16,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameEvents, LeaveOutComputed } },
        };
        options.Converters.Add(new TextConverter<RoomId>(text => new RoomId(text), id => id.Value));
        options.Converters.Add(new TextConverter<ParticipantId>(text => new ParticipantId(text), id => id.Value));
        options.Converters.Add(new TextConverter<Identity>(text => new Identity(text), id => id.Value));
        options.Converters.Add(new MediaIdConverter());
        options.MakeReadOnly();
        return options;
    }

    private static void NameEvents(JsonTypeInfo type)
    {
        if (type.Type != typeof(RoomEvent))
        {
            return;
        }

        type.PolymorphismOptions = new JsonPolymorphismOptions
        {
            TypeDiscriminatorPropertyName = "type",
            DerivedTypes =
            {
                new JsonDerivedType(typeof(RoomEvent.Opened), "opened"),
                new JsonDerivedType(typeof(RoomEvent.TitleChanged), "titleChanged"),
                new JsonDerivedType(typeof(RoomEvent.StageChanged), "stageChanged"),
                new JsonDerivedType(typeof(RoomEvent.StageLeft), "stageLeft"),
                new JsonDerivedType(typeof(RoomEvent.Ended), "ended"),
            },
        };
    }

    private static void LeaveOutComputed(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].AssociatedParameter is null && type.Type.Namespace == typeof(Room).Namespace)
            {
                type.Properties.RemoveAt(i);
            }
        }
    }

    private sealed class TextConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            parse(reader.GetString() ?? throw new JsonException("An id is null."));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(format(value));

        public override T ReadAsPropertyName(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => Read(ref reader, typeToConvert, options);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(format(value));
    }

    private sealed class MediaIdConverter : JsonConverter<MediaId>
    {
        public override MediaId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetUInt32());

        public override void Write(Utf8JsonWriter writer, MediaId value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.Value);
    }
}

/// <summary>One record of the journal: the events of one commit, or a whole room after compaction.</summary>
/// <param name="Version">The schema, <see cref="RoomJson.Version"/>.</param>
/// <param name="Room">The room the events belong to.</param>
/// <param name="From">The room's version before the events.</param>
/// <param name="Events">In order; beside <paramref name="State"/>, the newest ones that led to it.</param>
/// <param name="State">The room as it is, in place of the events before.</param>
internal sealed record JournalEntry(int Version, RoomId Room, long From, RoomEvent[] Events, Room? State);
