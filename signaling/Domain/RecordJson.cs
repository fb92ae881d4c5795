using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spaces.Signaling.Domain;

/// <summary>The stored form of one kind of record: a JSON object that begins with its schema version.</summary>
/// <param name="type">Of a source-generated context. Must not disallow unmapped members.</param>
/// <param name="schema">From 1; raised when what is stored can no longer be read as it was.</param>
public sealed class RecordJson<T>(JsonTypeInfo<T> type, int schema)
    where T : class
{
    public int Schema { get; } = schema;

    public string Write(T value)
    {
        var body = JsonSerializer.Serialize(value, type);
        return body == "{}" ? $$"""{"v":{{Schema}}}""" : $$"""{"v":{{Schema}},{{body.AsSpan(1)}}""";
    }

    /// <param name="json">What was stored.</param>
    /// <param name="value">Not null when it was read.</param>
    /// <param name="problem">Why not, else; without the record's content.</param>
    public RecordReading Read(string json, out T? value, out string problem)
    {
        value = null;
        try
        {
            if (!TryReadSchema(json, out var stored) || stored < 1)
            {
                problem = "It has no schema version.";
                return RecordReading.Unreadable;
            }

            if (stored != Schema)
            {
                problem = $"It is of schema {stored}, this program knows {Schema}.";
                return stored > Schema ? RecordReading.Newer : RecordReading.Unreadable;
            }

            value = JsonSerializer.Deserialize(json, type);
            problem = value is null ? "It is null." : "";
            return value is null ? RecordReading.Unreadable : RecordReading.Read;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException)
        {
            problem = $"It is no {typeof(T).Name} ({error.GetType().Name}).";
            return RecordReading.Unreadable;
        }
    }

    private static bool TryReadSchema(string json, out int schema)
    {
        schema = 0;
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json));
        return reader.Read()
            && reader.TokenType == JsonTokenType.StartObject
            && reader.Read()
            && reader.TokenType == JsonTokenType.PropertyName
            && reader.ValueTextEquals("v"u8)
            && reader.Read()
            && reader.TokenType == JsonTokenType.Number
            && reader.TryGetInt32(out schema);
    }
}

/// <summary>What became of reading a record.</summary>
public enum RecordReading
{
    Read,

    /// <summary>A later release wrote it. It stays where it is, and counts as absent here.</summary>
    Newer,

    /// <summary>Nobody can read it.</summary>
    Unreadable,
}
