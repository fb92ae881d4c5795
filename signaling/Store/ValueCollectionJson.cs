using System.Text.Json;
using System.Text.Json.Serialization;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>The collections of the domain: lists and the stage as arrays, dictionaries as objects.</summary>
internal sealed class ValueCollectionJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert == typeof(Stage)
        || typeToConvert.IsGenericType
            && (
                typeToConvert.GetGenericTypeDefinition() == typeof(ValueList<>)
                || typeToConvert.GetGenericTypeDefinition() == typeof(ValueDictionary<,>)
            );

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        if (typeToConvert == typeof(Stage))
        {
            return new StageConverter();
        }

        var arguments = typeToConvert.GetGenericArguments();
        var converter = arguments.Length == 1 ? typeof(ListConverter<>) : typeof(DictionaryConverter<,>);
        return (JsonConverter)Activator.CreateInstance(converter.MakeGenericType(arguments))!;
    }

    private static T Read<T>(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<T>(ref reader, options) ?? throw new JsonException("A collection is null.");

    private sealed class StageConverter : JsonConverter<Stage>
    {
        public override Stage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Stage.Of(Read<StageMember[]>(ref reader, options));

        public override void Write(Utf8JsonWriter writer, Stage value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize<IEnumerable<StageMember>>(writer, value, options);
    }

    private sealed class ListConverter<T> : JsonConverter<ValueList<T>>
    {
        public override ValueList<T> Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => [.. Read<T[]>(ref reader, options)];

        public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize<IEnumerable<T>>(writer, value, options);
    }

    private sealed class DictionaryConverter<TKey, TValue> : JsonConverter<ValueDictionary<TKey, TValue>>
        where TKey : notnull
    {
        public override ValueDictionary<TKey, TValue> Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => new(Read<Dictionary<TKey, TValue>>(ref reader, options));

        public override void Write(
            Utf8JsonWriter writer,
            ValueDictionary<TKey, TValue> value,
            JsonSerializerOptions options
        ) => JsonSerializer.Serialize(writer, value.ToDictionary(), options);
    }
}
