using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spaces.Signaling.Domain;

/// <summary>An immutable map that equals another by its entries; a change costs the logarithm of its size.</summary>
public sealed class ValueDictionary<TKey, TValue>
    : IReadOnlyDictionary<TKey, TValue>,
        IEquatable<ValueDictionary<TKey, TValue>>
    where TKey : notnull
{
    private readonly ImmutableDictionary<TKey, TValue> _entries;

    public ValueDictionary()
        : this(ImmutableDictionary<TKey, TValue>.Empty) { }

    public ValueDictionary(IEnumerable<KeyValuePair<TKey, TValue>> entries)
        : this(ImmutableDictionary.CreateRange(entries)) { }

    private ValueDictionary(ImmutableDictionary<TKey, TValue> entries) => _entries = entries;

    public int Count => _entries.Count;

    public IEnumerable<TKey> Keys => _entries.Keys;

    public IEnumerable<TValue> Values => _entries.Values;

    public TValue this[TKey key] => _entries[key];

    public ValueDictionary<TKey, TValue> With(TKey key, TValue value) => new(_entries.SetItem(key, value));

    public ValueDictionary<TKey, TValue> Without(TKey key) => new(_entries.Remove(key));

    public bool ContainsKey(TKey key) => _entries.ContainsKey(key);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    public bool Equals(ValueDictionary<TKey, TValue>? other) =>
        other is not null
        && Count == other.Count
        && _entries.All(entry =>
            other.TryGetValue(entry.Key, out var value) && EqualityComparer<TValue>.Default.Equals(value, entry.Value)
        );

    public override bool Equals(object? obj) => Equals(obj as ValueDictionary<TKey, TValue>);

    public override int GetHashCode() => Count;

    public override string ToString() => $"{{{string.Join(", ", _entries)}}}";

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
