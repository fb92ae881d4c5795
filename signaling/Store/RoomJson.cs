using System.Globalization;
using System.Linq.Expressions;
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
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameCases, LeaveOutComputed } },
        };
        options.Converters.Add(new ValueConverterFactory());
        options.Converters.Add(new ValueCollectionJson());
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Closed hierarchies are stored by the names of their cases.</summary>
    private static void NameCases(JsonTypeInfo type)
    {
        if (!type.Type.IsAbstract || type.Type.Namespace != typeof(Room).Namespace)
        {
            return;
        }

        type.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "type" };
        foreach (var nested in type.Type.GetNestedTypes().Where(nested => nested.IsSealed))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(nested.Name);
            type.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(nested, name));
        }
    }

    private static void LeaveOutComputed(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].Set is null && type.Type.Namespace == typeof(Room).Namespace)
            {
                type.Properties.RemoveAt(i);
            }
        }
    }

    /// <summary>Identifiers are stored as what they hold.</summary>
    private sealed class ValueConverterFactory : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeToConvert.IsValueType
            && typeToConvert.Namespace == typeof(Room).Namespace
            && typeToConvert.GetConstructors() is [var only]
            && only.GetParameters() is [{ Name: "Value" }];

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
        {
            var held = typeToConvert.GetProperty("Value")!.PropertyType;
            var converter = typeof(ValueConverter<,>).MakeGenericType(typeToConvert, held);
            return (JsonConverter)Activator.CreateInstance(converter)!;
        }
    }

    private sealed class ValueConverter<T, TValue> : JsonConverter<T>
        where T : struct
        where TValue : notnull
    {
        private readonly Func<T, TValue> _get;
        private readonly Func<TValue, T> _make;

        public ValueConverter()
        {
            var whole = Expression.Parameter(typeof(T));
            var value = Expression.Parameter(typeof(TValue));
            _get = Expression.Lambda<Func<T, TValue>>(Expression.Property(whole, "Value"), whole).Compile();
            var make = Expression.New(typeof(T).GetConstructors().Single(), value);
            _make = Expression.Lambda<Func<TValue, T>>(make, value).Compile();
        }

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            _make(JsonSerializer.Deserialize<TValue>(ref reader, options) ?? throw new JsonException("An id is null."));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, _get(value), options);

        public override T ReadAsPropertyName(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => _make((TValue)Convert.ChangeType(reader.GetString()!, typeof(TValue), CultureInfo.InvariantCulture));

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(Convert.ToString(_get(value), CultureInfo.InvariantCulture)!);
    }
}

/// <summary>One record of the journal: the events of one commit, or a whole room after compaction.</summary>
/// <param name="Version">The schema, <see cref="RoomJson.Version"/>.</param>
/// <param name="Room">The room the events belong to.</param>
/// <param name="From">The room's version before the events.</param>
/// <param name="Events">In order; beside <paramref name="State"/>, the newest ones that led to it.</param>
/// <param name="State">The room as it is, in place of the events before.</param>
internal sealed record JournalEntry(int Version, RoomId Room, long From, RoomEvent[] Events, Room? State);
