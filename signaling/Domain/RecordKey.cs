namespace Spaces.Signaling.Domain;

/// <summary>Names one record: what it is, whose part of the store it lies in, and which of them it is.</summary>
/// <param name="Kind">Fixed by code, [a-z-]+.</param>
/// <param name="Partition">
/// What is listed together and lies on one server of a cluster, such as an account; "-" where there is only one.
/// 1-256 printable characters.
/// </param>
/// <param name="Id">Unique in the partition; 1-256 printable characters.</param>
public readonly record struct RecordKey(string Kind, string Partition, string Id)
{
    public const int LengthMax = 256;

    /// <summary>The partition of a kind that needs none.</summary>
    public const string Only = "-";

    /// <exception cref="ArgumentException">A part of the key is empty, too long or not printable.</exception>
    public void Check()
    {
        CheckKind(Kind);
        CheckName(Partition, nameof(Partition));
        CheckName(Id, nameof(Id));
    }

    /// <exception cref="ArgumentException">It is no kind.</exception>
    public static void CheckKind(string kind)
    {
        if (string.IsNullOrEmpty(kind) || kind.Any(c => c is not ((>= 'a' and <= 'z') or '-')))
        {
            throw new ArgumentException($"A kind of records is made of a-z and '-'; this is '{kind}'.", nameof(kind));
        }
    }

    /// <exception cref="ArgumentException">It cannot be a partition or an id.</exception>
    public static void CheckName(string name, string what)
    {
        if (!IsName(name))
        {
            throw new ArgumentException($"{what} of a record has 1 to {LengthMax} printable characters.", what);
        }
    }

    /// <summary>Whether <paramref name="name"/> can be a partition or an id.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= LengthMax } && !name.Any(char.IsControl) && IsWellFormed(name);

    private static bool IsWellFormed(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && !(char.IsHighSurrogate(name[i]) && Pairs(name, i++)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Pairs(string name, int high) => high + 1 < name.Length && char.IsLowSurrogate(name[high + 1]);
}

/// <summary>A record as it is stored.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Version">From 1, one more with each write; after a deletion it begins anew.</param>
/// <param name="Json">An object that begins with its schema: <c>{"v":1,…}</c>.</param>
public sealed record StoredRecord(RecordKey Key, long Version, string Json);
