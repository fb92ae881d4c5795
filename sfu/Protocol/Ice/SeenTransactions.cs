using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Ice;

/// <summary>Which STUN transactions a session has seen: the answer is "no" only when it is certain.</summary>
/// <remarks>
/// A Bloom filter, for it must cover a session's whole life in little memory and must never forget: a check that was
/// captured hours ago is a replay like any other. Transaction ids are random (RFC 8489 §6), so their own bits serve as
/// the hashes. After about 1,000 checks some 2 % of fresh ones look seen, and more later; that errs to the safe side,
/// for then a move merely waits for other proof (see <see cref="IceLiteAgent"/>).
/// </remarks>
internal sealed class SeenTransactions
{
    private const int BitCount = 8192;
    private const int WordBits = 64;

    private readonly ulong[] _words = new ulong[BitCount / WordBits];

    /// <returns>False when the id may have been here before.</returns>
    public bool TryAdd(ReadOnlySpan<byte> transactionId)
    {
        var first = BinaryPrimitives.ReadUInt64LittleEndian(transactionId);
        var second = BinaryPrimitives.ReadUInt32LittleEndian(transactionId[8..]);
        var isNew = Set((uint)first);
        isNew |= Set((uint)(first >> 16));
        isNew |= Set((uint)(first >> 32));
        isNew |= Set(second);
        isNew |= Set(second >> 16);
        return isNew;
    }

    /// <returns>Whether the bit was clear.</returns>
    private bool Set(uint hash)
    {
        var bit = hash % BitCount;
        ref var word = ref _words[bit / WordBits];
        var mask = 1UL << (int)(bit % WordBits);
        var wasClear = (word & mask) == 0;
        word |= mask;
        return wasClear;
    }
}
