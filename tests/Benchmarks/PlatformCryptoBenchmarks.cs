using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace Spaces.Benchmarks;

/// <summary>The same work by System.Security.Cryptography: the bare calls, without any SRTP around them.</summary>
public class PlatformCryptoBenchmarks
{
    private const int KeyLength = 16;
    private const int TagLength = 16;
    private const int BlockLength = 16;

    private readonly byte[] _key = new byte[KeyLength];
    private readonly byte[] _nonce = new byte[12];
    private readonly byte[] _tag = new byte[TagLength];
    private readonly byte[] _digest = new byte[HMACSHA1.HashSizeInBytes];
    private readonly byte[] _header = new byte[Packets.HeaderLength];
    private AesGcm _gcm = null!;
    private Aes _aes = null!;
    private byte[] _payload = [];
    private byte[] _sealed = [];
    private byte[] _counters = [];
    private byte[] _keystream = [];

    [Params(80, 300, 1200)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _gcm = new AesGcm(_key, TagLength);
        _aes = Aes.Create();
        _aes.Key = _key;
        _payload = new byte[Payload];
        _sealed = new byte[Payload];
        _counters = new byte[(Payload + BlockLength - 1) / BlockLength * BlockLength];
        _keystream = new byte[_counters.Length];
        _gcm.Encrypt(_nonce, _payload, _sealed, _tag, _header);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _gcm.Dispose();
        _aes.Dispose();
    }

    [Benchmark]
    public void AesGcmEncrypt() =>
        _gcm.Encrypt(_nonce, _payload, _keystream.AsSpan(0, Payload), _digest.AsSpan(0, TagLength), _header);

    [Benchmark]
    public void AesGcmDecrypt() => _gcm.Decrypt(_nonce, _sealed, _tag, _payload, _header);

    /// <summary>AES in ECB over the counter blocks is the key stream of counter mode; then the tag.</summary>
    [Benchmark]
    public int AesCmHmacSha1()
    {
        _aes.EncryptEcb(_counters, _keystream, PaddingMode.None);
        return HMACSHA1.HashData(_key, _payload, _digest);
    }
}
