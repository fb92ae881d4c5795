using System.Collections;

namespace Grpc.Core;

/// <summary>The headers or trailers of a call, in order; a key may occur more than once.</summary>
/// <remarks>
/// Keys are lower case. A key ending in <c>-bin</c> has bytes for its value, every other key ASCII text.
/// </remarks>
public sealed partial class Metadata : IList<Metadata.Entry>
{
    /// <summary>The ending of the keys whose values are bytes.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>Metadata that is empty and stays so.</summary>
    public static readonly Metadata Empty = new(isReadOnly: true);

    private readonly List<Entry> _entries = [];

    public Metadata()
        : this(isReadOnly: false) { }

    private Metadata(bool isReadOnly)
    {
        IsReadOnly = isReadOnly;
    }

    public int Count => _entries.Count;

    public bool IsReadOnly { get; private set; }

    public Entry this[int index]
    {
        get => _entries[index];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ThrowIfReadOnly();
            _entries[index] = value;
        }
    }

    /// <summary>The last entry with this key, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => HasKey(entry, key));

    /// <summary>The last text with this key, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last bytes with this key, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => HasKey(entry, key));

    public void Add(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        ThrowIfReadOnly();
        _entries.Add(item);
    }

    public void Add(string key, string value) => Add(new Entry(key, value));

    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    public void Insert(int index, Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        ThrowIfReadOnly();
        _entries.Insert(index, item);
    }

    public bool Remove(Entry item)
    {
        ThrowIfReadOnly();
        return _entries.Remove(item);
    }

    public void RemoveAt(int index)
    {
        ThrowIfReadOnly();
        _entries.RemoveAt(index);
    }

    public void Clear()
    {
        ThrowIfReadOnly();
        _entries.Clear();
    }

    public int IndexOf(Entry item) => _entries.IndexOf(item);

    public bool Contains(Entry item) => _entries.Contains(item);

    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same object, from now on unchangeable; for metadata that came from the other side.</summary>
    internal Metadata Freeze()
    {
        IsReadOnly = true;
        return this;
    }

    private static bool HasKey(Entry entry, string key) =>
        string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase);

    private void ThrowIfReadOnly()
    {
        if (IsReadOnly)
        {
            throw new InvalidOperationException("This metadata is read-only. Make a new Metadata and add to that.");
        }
    }
}
