using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Ice;

/// <summary>Which STUN transactions a session has seen: the answer is "no" only when it is certain.</summary>
/// <remarks>
/// <para>
/// A row of Bloom filters, for it must cover a session's whole life in little memory and must never forget: a check
/// that was captured hours ago is a replay like any other. Transaction ids are random (RFC 8489 §6), so their own
/// bits serve as the hashes.
/// </para>
/// <para>
/// A filter that has taken in its share, about one bit in three set, is left as it is and one of twice its size takes
/// over. A browser checks every 2.5 s, so the first KiB lasts half an hour, and all five, 31 KiB, last 17 hours. Until
/// then at most one fresh check in 20 looks seen, later more; that errs to the safe side, for then a move merely waits
/// for other proof (see <see cref="IceLiteAgent"/>).
/// </para>
/// </remarks>
internal sealed class SeenTransactions
{
    private const int FiltersMax = 5;
    private const int FirstWordCount = 128;
    private const int WordBits = 64;

    /// <summary>With five bits an id, 0.9 % of the fresh ones then look seen.</summary>
    private const int BitsPerId = 10;

    private readonly List<ulong[]> _filters = [new ulong[FirstWordCount]];
    private int _addedToNewest;

    /// <returns>False when the id may have been here before.</returns>
    public bool TryAdd(ReadOnlySpan<byte> transactionId)
    {
        var hashes = new Hashes(transactionId);
        for (var i = 0; i < _filters.Count - 1; i++)
        {
            if (hashes.AreIn(_filters[i]))
            {
                return false;
            }
        }

        var newest = _filters[^1];
        if (!hashes.AddTo(newest))
        {
            return false;
        }

        if (++_addedToNewest >= newest.Length * WordBits / BitsPerId && _filters.Count < FiltersMax)
        {
            _filters.Add(new ulong[newest.Length * 2]);
            _addedToNewest = 0;
        }

        return true;
    }

    /// <summary>Five numbers of at least 19 bits each: enough for the largest filter, of 2^17 bits.</summary>
    private readonly ref struct Hashes(ReadOnlySpan<byte> transactionId)
    {
        private readonly ulong _first = BinaryPrimitives.ReadUInt64LittleEndian(transactionId);
        private readonly uint _second = BinaryPrimitives.ReadUInt32LittleEndian(transactionId[8..]);

        public bool AreIn(ulong[] filter) =>
            IsSet(filter, (uint)_first)
            && IsSet(filter, (uint)(_first >> 19))
            && IsSet(filter, (uint)(_first >> 38))
            && IsSet(filter, _second)
            && IsSet(filter, _second >> 13);

        /// <returns>Whether any of the five was not there yet.</returns>
        public bool AddTo(ulong[] filter)
        {
            var wasIn = AreIn(filter);
            Set(filter, (uint)_first);
            Set(filter, (uint)(_first >> 19));
            Set(filter, (uint)(_first >> 38));
            Set(filter, _second);
            Set(filter, _second >> 13);
            return !wasIn;
        }

        private static bool IsSet(ulong[] filter, uint hash) => (filter[Word(filter, hash)] & Mask(hash)) != 0;

        private static void Set(ulong[] filter, uint hash) => filter[Word(filter, hash)] |= Mask(hash);

        private static int Word(ulong[] filter, uint hash) => (int)(hash / WordBits % (uint)filter.Length);

        private static ulong Mask(uint hash) => 1UL << (int)(hash % WordBits);
    }
}
