using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Benchmarks;

/// <summary>What one listener's copy of a packet costs in cryptography.</summary>
public class SrtpProtectBenchmarks
{
    private SrtpContext _context = null!;
    private byte[] _packet = [];
    private ushort _sequenceNumber;

    [ParamsAllValues]
    public SrtpProfile Profile { get; set; }

    [ParamsAllValues]
    public SrtpEngine Engine { get; set; }

    [Params(80, 300, 1200)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _context = Packets.Context(Profile, Engine);
        _packet = Packets.Rtp(Payload);
    }

    [GlobalCleanup]
    public void CleanUp() => _context.Dispose();

    [Benchmark]
    public int Protect()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequenceNumber++);
        return _context.ProtectRtp(_packet, Packets.HeaderLength + Payload);
    }
}
