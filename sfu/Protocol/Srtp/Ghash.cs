using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>The GHASH of GCM (NIST SP 800-38D §6.4) with carry-less multiplication.</summary>
/// <remarks>
/// GHASH counts bits from the other end than the processor does. Reversing the bytes of every block turns it into
/// POLYVAL
/// (RFC 8452 §3 and appendix A) under the key mulX(reverse(H)), which needs no bit shifts a block. Eight powers of
/// the key
/// let eight blocks share one reduction.
/// </remarks>
internal sealed class Ghash : IDisposable
{
    private const int BlockLength = 16;
    private const int PowersMax = 8;
    private const int BitsPerByte = 8;

    /// <summary>x^127 + x^126 + x^121 + 1, the polynomial of POLYVAL without x^128.</summary>
    private static readonly Vector128<ulong> Polynomial = Vector128.Create(1UL, 0xC200_0000_0000_0000UL);

    private static readonly Vector128<byte> Reversed = Vector128.Create(
        (byte)15,
        14,
        13,
        12,
        11,
        10,
        9,
        8,
        7,
        6,
        5,
        4,
        3,
        2,
        1,
        0
    );

    /// <summary>Element n is the key to the power n + 1.</summary>
    private readonly Vector128<ulong>[] _powers = new Vector128<ulong>[PowersMax];

    public Ghash(ReadOnlySpan<byte> hashKey)
    {
        _powers[0] = MultiplyByX(Load(hashKey));
        for (var i = 1; i < PowersMax; i++)
        {
            var sum = default(Product);
            sum.Add(_powers[i - 1], _powers[0]);
            _powers[i] = sum.Reduce();
        }
    }

    /// <summary>The hash of both parts, each padded with zeros to whole blocks, and of their lengths in bits.</summary>
    public void Compute(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> text, Span<byte> hash)
    {
        var left = Blocks(associated) + Blocks(text) + 1;
        var state = new State(_powers, left);
        state.AddAll(associated);
        state.AddAll(text);
        state.Add(Vector128.Create((ulong)text.Length * BitsPerByte, (ulong)associated.Length * BitsPerByte));
        Vector128.Shuffle(state.Hash.AsByte(), Reversed).CopyTo(hash);
    }

    public void Dispose() => Array.Clear(_powers);

    private static int Blocks(ReadOnlySpan<byte> text) => (text.Length + BlockLength - 1) / BlockLength;

    private static Vector128<ulong> Load(ReadOnlySpan<byte> block) =>
        Vector128.Shuffle(Vector128.Create(block), Reversed).AsUInt64();

    private static Vector128<ulong> MultiplyByX(Vector128<ulong> value)
    {
        var low = value.GetElement(0);
        var high = value.GetElement(1);
        var carry = 0UL - (high >> 63);
        var doubled = Vector128.Create(low << 1, (high << 1) | (low >> 63));
        return doubled ^ (Polynomial & Vector128.Create(carry));
    }

    /// <summary>A sum of 256-bit products, not yet reduced.</summary>
    private struct Product
    {
        private Vector128<ulong> _low;
        private Vector128<ulong> _middle;
        private Vector128<ulong> _high;

        public void Add(Vector128<ulong> left, Vector128<ulong> right)
        {
            _low ^= Pclmulqdq.CarrylessMultiply(left, right, 0x00);
            _middle ^= Pclmulqdq.CarrylessMultiply(left, right, 0x01);
            _middle ^= Pclmulqdq.CarrylessMultiply(left, right, 0x10);
            _high ^= Pclmulqdq.CarrylessMultiply(left, right, 0x11);
        }

        /// <summary>The sum times x^-128, as POLYVAL's dot wants it.</summary>
        public readonly Vector128<ulong> Reduce()
        {
            var low = _low ^ Sse2.ShiftLeftLogical128BitLane(_middle, 8);
            var high = _high ^ Sse2.ShiftRightLogical128BitLane(_middle, 8);
            return high ^ Fold(Fold(low));
        }

        private static Vector128<ulong> Fold(Vector128<ulong> value) =>
            Pclmulqdq.CarrylessMultiply(value, Polynomial, 0x10) ^ Vector128.Shuffle(value, Vector128.Create(1UL, 0UL));
    }

    /// <summary>The blocks so far; every eighth, and the last, brings the reduction.</summary>
    private ref struct State(ReadOnlySpan<Vector128<ulong>> powers, int left)
    {
        private readonly ReadOnlySpan<Vector128<ulong>> _powers = powers;
        private int _left = left;
        private int _power = Math.Min(left, PowersMax);
        private Product _sum;

        public Vector128<ulong> Hash { get; private set; }

        public void AddAll(ReadOnlySpan<byte> text)
        {
            while (text.Length >= BlockLength)
            {
                Add(Load(text));
                text = text[BlockLength..];
            }

            if (!text.IsEmpty)
            {
                Span<byte> padded = stackalloc byte[BlockLength];
                padded.Clear();
                text.CopyTo(padded);
                Add(Load(padded));
            }
        }

        public void Add(Vector128<ulong> block)
        {
            // The hash so far belongs to the first block of a group; it is zero again from then on.
            _sum.Add(block ^ Hash, _powers[--_power]);
            Hash = Vector128<ulong>.Zero;
            _left--;
            if (_power == 0)
            {
                Hash = _sum.Reduce();
                _sum = default;
                _power = Math.Min(_left, PowersMax);
            }
        }
    }
}
