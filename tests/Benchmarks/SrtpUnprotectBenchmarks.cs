using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Benchmarks;

/// <summary>What a speaker's packet costs in cryptography on its way in.</summary>
public class SrtpUnprotectBenchmarks
{
    /// <summary>No packet opens twice, so each iteration has a batch of its own.</summary>
    private const int BatchLength = 16_384;

    private readonly byte[][] _sent = new byte[BatchLength][];
    private readonly byte[][] _batch = new byte[BatchLength][];
    private SrtpContext _context = null!;

    [ParamsAllValues]
    public SrtpProfile Profile { get; set; }

    [Params(80, 300)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        using var sender = Packets.Context(Profile, SrtpEngines.Best);
        for (var i = 0; i < BatchLength; i++)
        {
            var packet = Packets.Rtp(Payload);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            _sent[i] = packet[..sender.ProtectRtp(packet, Packets.HeaderLength + Payload)];
            _batch[i] = new byte[_sent[i].Length];
        }
    }

    [IterationSetup]
    public void Renew()
    {
        _context?.Dispose();
        _context = Packets.Context(Profile, SrtpEngines.Best);
        for (var i = 0; i < BatchLength; i++)
        {
            _sent[i].CopyTo(_batch[i], 0);
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _context.Dispose();

    [Benchmark(OperationsPerInvoke = BatchLength)]
    public int Unprotect()
    {
        var opened = 0;
        foreach (var packet in _batch)
        {
            opened += _context.TryUnprotectRtp(packet, out _) ? 1 : 0;
        }

        return opened == BatchLength ? opened : throw new InvalidOperationException("A packet did not open.");
    }
}
