using System.Buffers.Binary;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Srtp;

/// <summary>Our SRTP against libsrtp2: the same bytes out, the same verdicts in.</summary>
[TestFixture]
public sealed class SrtpDifferentialTests
{
    private const int PacketCount = 100_000;
    private const int BufferLength = 1500 + SrtpContext.OverheadMax;

    private readonly byte[] _ours = new byte[BufferLength];
    private readonly byte[] _theirs = new byte[BufferLength];
    private readonly byte[] _plain = new byte[BufferLength];

    [Test]
    public void Rtp_is_the_same_bit_for_bit_in_both_directions(
        [Values(SrtpProfile.Aes128CmHmacSha1Tag80, SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes256Gcm)]
            SrtpProfile profile,
        [Values] SrtpEngine engine
    )
    {
        var random = new Random(20261121);
        using var pair = new Pair(profile, engine, random);
        var sequence = (ushort)0xFF00;
        for (var i = 0; i < PacketCount; i++)
        {
            var length = WriteRandomRtp(random, sequence++);
            var ourLength = pair.Sender.ProtectRtp(_ours, length);
            var theirLength = pair.TheirSender.ProtectRtp(_theirs, length);
            AssertSame(ourLength, theirLength, i);

            Assert.That(pair.TheirReceiver.TryUnprotectRtp(_theirs.AsSpan(0, theirLength), out _), Is.True);
            Assert.That(pair.Receiver.TryUnprotectRtp(_ours.AsSpan(0, ourLength), out var opened), Is.True);
            Assert.That(_ours.AsSpan(0, opened).SequenceEqual(_plain.AsSpan(0, length)), Is.True, $"Packet {i}");
        }
    }

    [Test]
    public void Rtcp_is_the_same_bit_for_bit_in_both_directions(
        [Values(SrtpProfile.Aes128CmHmacSha1Tag80, SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes256Gcm)]
            SrtpProfile profile,
        [Values] SrtpEngine engine
    )
    {
        var random = new Random(20261122);
        using var pair = new Pair(profile, engine, random);
        SkipFirstIndex(pair);
        for (var i = 0; i < PacketCount / 4; i++)
        {
            var length = 8 + (4 * random.Next(0, 60));
            random.NextBytes(_plain.AsSpan(0, length));
            _plain[0] = 0x80;
            _plain[1] = 200;
            BinaryPrimitives.WriteUInt32BigEndian(_plain.AsSpan(4), 0xCAFEBABE);
            CopyPlain(length);
            var ourLength = pair.Sender.ProtectRtcp(_ours, length);
            var theirLength = pair.TheirSender.ProtectRtcp(_theirs, length);
            AssertSame(ourLength, theirLength, i);

            Assert.That(pair.TheirReceiver.TryUnprotectRtcp(_theirs.AsSpan(0, theirLength), out _), Is.True);
            Assert.That(pair.Receiver.TryUnprotectRtcp(_ours.AsSpan(0, ourLength), out var opened), Is.True);
            Assert.That(_ours.AsSpan(0, opened).SequenceEqual(_plain.AsSpan(0, length)), Is.True, $"Packet {i}");
        }
    }

    [Test]
    public void Reordered_repeated_and_damaged_packets_get_the_same_verdict(
        [Values(SrtpProfile.Aes128CmHmacSha1Tag80, SrtpProfile.AeadAes128Gcm)] SrtpProfile profile,
        [Range(1, 10)] int seed
    )
    {
        var random = new Random(seed);
        using var pair = new Pair(profile, SrtpEngines.Best, random);
        var sent = new List<byte[]>();
        var sequence = (ushort)(0xFFFF - random.Next(0, 400));
        for (var i = 0; i < 2_000; i++)
        {
            var length = pair.Sender.ProtectRtp(_ours, WriteRandomRtp(random, sequence++));
            sent.Add(_ours.AsSpan(0, length).ToArray());
        }

        // libsrtp's own guess before the first packet differs from ours on purpose, so both start with packet 0.
        for (var step = 0; step < 6_000; step++)
        {
            var at = step == 0 ? 0 : Math.Clamp((step / 3) + random.Next(-200, 40), 0, sent.Count - 1);
            sent[at].CopyTo(_ours, 0);
            if (step > 0 && random.Next(10) == 0)
            {
                _ours[random.Next(12, sent[at].Length)] ^= (byte)(1 << random.Next(8));
            }

            _ours.AsSpan(0, sent[at].Length).CopyTo(_theirs);
            var ours = pair.Receiver.TryUnprotectRtp(_ours.AsSpan(0, sent[at].Length), out var ourLength);
            var theirs = pair.TheirReceiver.TryUnprotectRtp(_theirs.AsSpan(0, sent[at].Length), out var theirLength);
            Assert.That(ours, Is.EqualTo(theirs), $"Step {step}, packet {at}");
            if (ours)
            {
                AssertSame(ourLength, theirLength, step);
            }
        }
    }

    private void AssertSame(int ourLength, int theirLength, int packet)
    {
        Assert.That(ourLength, Is.EqualTo(theirLength).And.GreaterThan(0), $"Packet {packet}");
        Assert.That(
            _ours.AsSpan(0, ourLength).SequenceEqual(_theirs.AsSpan(0, ourLength)),
            Is.True,
            $"Packet {packet}"
        );
    }

    /// <summary>
    /// libsrtp begins SRTCP with index 1, we with 0 as RFC 3711 §3.4 says; one packet makes them equal.
    /// </summary>
    private void SkipFirstIndex(Pair pair)
    {
        _plain[0] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(_plain.AsSpan(4), 0xCAFEBABE);
        CopyPlain(8);
        Assert.That(pair.Sender.ProtectRtcp(_ours, 8), Is.GreaterThan(0));
    }

    private void CopyPlain(int length)
    {
        _plain.AsSpan(0, length).CopyTo(_ours);
        _plain.AsSpan(0, length).CopyTo(_theirs);
    }

    private int WriteRandomRtp(Random random, ushort sequence)
    {
        var csrcs = random.Next(0, 3);
        var extensionWords = random.Next(0, 4);
        var hasExtension = extensionWords > 0;
        var header = 12 + (4 * csrcs) + (hasExtension ? 4 + (4 * extensionWords) : 0);
        var length = header + random.Next(0, random.Next(10) == 0 ? 1300 : 200);
        random.NextBytes(_plain.AsSpan(0, length));
        _plain[0] = (byte)(0x80 | csrcs | (hasExtension ? 0x10 : 0));
        _plain[1] = 111;
        BinaryPrimitives.WriteUInt16BigEndian(_plain.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(_plain.AsSpan(8), 0x12345678);
        if (hasExtension)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_plain.AsSpan(12 + (4 * csrcs)), 0xBEDE);
            BinaryPrimitives.WriteUInt16BigEndian(_plain.AsSpan(14 + (4 * csrcs)), (ushort)extensionWords);
        }

        CopyPlain(length);
        return length;
    }

    private sealed class Pair : IDisposable
    {
        public Pair(SrtpProfile profile, SrtpEngine engine, Random random)
        {
            var key = new byte[profile.KeyLength()];
            var salt = new byte[profile.SaltLength()];
            random.NextBytes(key);
            random.NextBytes(salt);
            Sender = new SrtpContext(profile, key, salt, engine);
            Receiver = new SrtpContext(profile, key, salt, engine);
            TheirSender = new LibSrtpSession(profile, key, salt, LibSrtp.AnyOutbound);
            TheirReceiver = new LibSrtpSession(profile, key, salt, LibSrtp.AnyInbound);
        }

        public SrtpContext Sender { get; }

        public SrtpContext Receiver { get; }

        public LibSrtpSession TheirSender { get; }

        public LibSrtpSession TheirReceiver { get; }

        public void Dispose()
        {
            Sender.Dispose();
            Receiver.Dispose();
            TheirSender.Dispose();
            TheirReceiver.Dispose();
        }
    }
}
