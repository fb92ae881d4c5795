using BenchmarkDotNet.Attributes;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Benchmarks;

/// <summary>What it costs to find the packet's own audio in RED (RFC 2198).</summary>
public class RedBenchmarks
{
    private const byte OpusPayloadType = 111;
    private const byte MoreFollow = 0x80;
    private const int BlockLength = 80;

    private byte[] _payload = [];

    /// <summary>Older blocks beside the primary; Chromium sends one.</summary>
    [Params(0, 1, 3)]
    public int Redundant { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        List<byte> payload = [];
        for (var i = 0; i < Redundant; i++)
        {
            var offset = 960 * (Redundant - i);
            payload.AddRange([
                MoreFollow | OpusPayloadType,
                (byte)(offset >> 6),
                (byte)((offset << 2) | (BlockLength >> 8)),
                BlockLength & 0xFF,
            ]);
        }

        payload.Add(OpusPayloadType);
        payload.AddRange(new byte[BlockLength * (Redundant + 1)]);
        _payload = [.. payload];
    }

    [Benchmark]
    public int Parse() =>
        RedPayloadView.TryParse(_payload, out var red)
            ? red.Primary.Data.Length
            : throw new InvalidOperationException("The payload is not RED.");
}
