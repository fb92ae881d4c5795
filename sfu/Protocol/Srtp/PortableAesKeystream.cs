using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>AES counter mode from the platform's block cipher (NIST SP 800-38A §6.5).</summary>
internal sealed class PortableAesKeystream : AesKeystream
{
    private readonly Aes _aes;
    private readonly ICryptoTransform _encryptor;
    private readonly byte[] _counters = new byte[BatchLength];
    private readonly byte[] _keystream = new byte[BatchLength];

    public PortableAesKeystream(ReadOnlySpan<byte> key)
    {
        _aes = Aes.Create();
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        _aes.SetKey(key);
        _encryptor = _aes.CreateEncryptor();
    }

    public override void Generate(ReadOnlySpan<byte> block, uint counter, Span<byte> keystream)
    {
        for (var i = 0; i < BlocksPerBatch; i++)
        {
            var target = _counters.AsSpan(i * BlockLength, BlockLength);
            block.CopyTo(target);
            BinaryPrimitives.WriteUInt32BigEndian(target[^sizeof(uint)..], counter + (uint)i);
        }

        _encryptor.TransformBlock(_counters, 0, BatchLength, _keystream, 0);
        _keystream.CopyTo(keystream);
    }

    public override void Dispose()
    {
        _encryptor.Dispose();
        _aes.Dispose();
    }
}
