using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Spaces.Signaling.Domain;

/// <summary>A short immutable list that equals another one by its items, so that whatever holds it does too.</summary>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly ImmutableArray<T> _items;

    internal ValueList(ImmutableArray<T> items) => _items = items;

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public ValueList<T> Add(T item) => new(_items.Add(item));

    public ValueList<T> RemoveAll(Predicate<T> match) =>
        _items.RemoveAll(match) is var rest && rest.Length == _items.Length ? this : new ValueList<T>(rest);

    public bool Equals(ValueList<T>? other) =>
        other is not null && _items.AsSpan().SequenceEqual(other._items.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode() => HashCode.Combine(Count, Count > 0 ? _items[0] : default);

    public override string ToString() => $"[{string.Join(", ", _items)}]";

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Makes a <see cref="ValueList{T}"/> of a collection expression.</summary>
public static class ValueList
{
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new([.. items]);
}
