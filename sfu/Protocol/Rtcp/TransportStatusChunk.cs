namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>A packet status chunk (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.3, §3.1.4).</summary>
internal struct TransportStatusChunk
{
    private const int OneBitCount = 14;
    private const int TwoBitCount = 7;

    private uint _symbols;
    private int _bitsPerSymbol;

    /// <summary>How many packets are left in it.</summary>
    public int Count { get; private set; }

    public readonly bool IsEmpty => Count == 0;

    /// <summary>The next packet's status: 0 not received, 1 small delta, 2 large delta, 3 reserved.</summary>
    public int Take()
    {
        Count--;
        var shift = _bitsPerSymbol == 0 ? 0 : Count * _bitsPerSymbol;
        var mask = _bitsPerSymbol == 1 ? 1u : 3u;
        return (int)((_symbols >> shift) & mask);
    }

    public static TransportStatusChunk Read(ushort word) =>
        (word >> 14) switch
        {
            // A run: two bits of status, thirteen of length. A vector: fourteen one-bit or seven two-bit symbols.
            0 or 1 => new() { _symbols = (uint)(word >> 13) & 3, Count = word & 0x1FFF },
            2 => new()
            {
                _symbols = (uint)word & 0x3FFF,
                _bitsPerSymbol = 1,
                Count = OneBitCount,
            },
            _ => new()
            {
                _symbols = (uint)word & 0x3FFF,
                _bitsPerSymbol = 2,
                Count = TwoBitCount,
            },
        };
}
