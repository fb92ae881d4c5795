using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Srtp;

[TestFixture(SrtpProfile.Aes128CmHmacSha1Tag80)]
[TestFixture(SrtpProfile.AeadAes128Gcm)]
[TestFixture(SrtpProfile.AeadAes256Gcm)]
public sealed class SrtpContextTests(SrtpProfile profile)
{
    private const int WarmUpCount = 100;
    private const int PacketCount = 10_000;

    private SrtpContext _sender;
    private SrtpContext _receiver;

    [SetUp]
    public void Create()
    {
        _sender = SrtpSamples.Context(profile);
        _receiver = SrtpSamples.Context(profile);
    }

    [TearDown]
    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Test]
    public void A_packet_comes_out_as_it_went_in()
    {
        var packet = SrtpSamples.Protected(_sender, 7);

        Assert.That(_receiver.TryUnprotectRtp(packet, out var length), Is.True);
        Assert.That(packet[..length], Is.EqualTo(SrtpSamples.Rtp(7)[..SrtpSamples.PacketLength]));
    }

    [Test]
    public void A_packet_sent_again_has_the_same_bytes_and_one_out_of_the_window_none()
    {
        var first = SrtpSamples.Protected(_sender, 7);
        _ = SrtpSamples.Protected(_sender, 8);
        var again = SrtpSamples.Rtp(7);

        var length = _sender.ReprotectRtp(again, SrtpSamples.PacketLength);
        Assert.That(again[..length], Is.EqualTo(first));

        _ = SrtpSamples.Protected(_sender, 7 + ReplayWindow.Length);
        Assert.That(_sender.ReprotectRtp(SrtpSamples.Rtp(7), SrtpSamples.PacketLength), Is.Zero);
        Assert.That(_sender.ReprotectRtp(SrtpSamples.Rtp(500), SrtpSamples.PacketLength), Is.Zero, "never sent");
    }

    [Test]
    public void Every_damaged_bit_is_refused_and_the_packet_left_as_it_came()
    {
        var good = SrtpSamples.Protected(_sender, 7);
        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var bad = (byte[])good.Clone();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            var before = (byte[])bad.Clone();

            Assert.That(_receiver.TryUnprotectRtp(bad, out _), Is.False, $"Bit {bit}");
            Assert.That(bad, Is.EqualTo(before));
        }

        Assert.That(SrtpSamples.Opens(_receiver, good), Is.True);
    }

    [Test]
    public void Every_length_of_noise_is_refused()
    {
        var random = new Random(3);
        for (var length = 0; length < 200; length++)
        {
            var noise = new byte[length];
            random.NextBytes(noise);
            Assert.That(_receiver.TryUnprotectRtp(noise, out _), Is.False);
            Assert.That(_receiver.TryUnprotectRtcp(noise, out _), Is.False);
        }
    }

    [Test]
    public void The_first_packets_may_be_lost_around_the_wrap([Values(65_500, 65_535)] int start)
    {
        // Until a source has a verified packet, its rollover counter may be 0 or 1.
        for (var lost = 0; lost <= 200; lost++)
        {
            using var sender = SrtpSamples.Context(profile);
            using var receiver = SrtpSamples.Context(profile);
            for (var i = 0; i < lost; i++)
            {
                SrtpSamples.Protected(sender, (ushort)(start + i));
            }

            Assert.That(SrtpSamples.Opens(receiver, SrtpSamples.Protected(sender, (ushort)(start + lost))), Is.True);
        }
    }

    [Test]
    public void A_late_packet_from_before_the_wrap_still_opens()
    {
        var before = SrtpSamples.Protected(_sender, 65_534);
        var last = SrtpSamples.Protected(_sender, 65_535);
        var after = SrtpSamples.Protected(_sender, 0);

        Assert.That(SrtpSamples.Opens(_receiver, before), Is.True);
        Assert.That(SrtpSamples.Opens(_receiver, after), Is.True);
        Assert.That(SrtpSamples.Opens(_receiver, last), Is.True);
        Assert.That(SrtpSamples.Opens(_receiver, last), Is.False);
    }

    [Test]
    public void A_replay_is_refused_and_so_is_what_is_older_than_the_window()
    {
        var sent = Enumerable.Range(0, 400).Select(i => SrtpSamples.Protected(_sender, (ushort)i)).ToArray();

        Assert.That(SrtpSamples.Opens(_receiver, sent[300]), Is.True);
        Assert.That(SrtpSamples.Opens(_receiver, sent[300]), Is.False);
        Assert.That(SrtpSamples.Opens(_receiver, sent[300 - ReplayWindow.Length + 1]), Is.True);
        Assert.That(SrtpSamples.Opens(_receiver, sent[300 - ReplayWindow.Length]), Is.False);
    }

    [Test]
    public void An_index_is_never_protected_twice()
    {
        SrtpSamples.Protected(_sender, 10);
        var again = SrtpSamples.Rtp(10);

        Assert.That(_sender.ProtectRtp(again, SrtpSamples.PacketLength), Is.Zero);
        Assert.That(again, Is.EqualTo(SrtpSamples.Rtp(10)), "A refused packet is not touched");
        Assert.That(_sender.ProtectRtp(SrtpSamples.Rtp(11), SrtpSamples.PacketLength), Is.GreaterThan(0));
    }

    [Test]
    public void A_late_packet_is_protected_once_and_opens_also_across_the_wrap()
    {
        foreach (var (sequence, late) in new (ushort, ushort)[] { (10, 9), (0, 65_535), (65_535, 65_500), (3, 65_530) })
        {
            using var sender = SrtpSamples.Context(profile);
            using var receiver = SrtpSamples.Context(profile);
            Assert.That(SrtpSamples.Opens(receiver, SrtpSamples.Protected(sender, (ushort)(late - 1))), Is.True);
            Assert.That(SrtpSamples.Opens(receiver, SrtpSamples.Protected(sender, sequence)), Is.True);

            Assert.That(SrtpSamples.Opens(receiver, SrtpSamples.Protected(sender, late)), Is.True);
            Assert.That(sender.ProtectRtp(SrtpSamples.Rtp(late), SrtpSamples.PacketLength), Is.Zero);
        }
    }

    [Test]
    public void What_is_older_than_the_window_is_not_protected()
    {
        SrtpSamples.Protected(_sender, 300);

        var oldest = SrtpSamples.Rtp(300 - ReplayWindow.Length + 1);
        var tooOld = SrtpSamples.Rtp(300 - ReplayWindow.Length);
        Assert.That(_sender.ProtectRtp(tooOld, SrtpSamples.PacketLength), Is.Zero);
        Assert.That(_sender.ProtectRtp(oldest, SrtpSamples.PacketLength), Is.GreaterThan(0));
    }

    [Test]
    public void Spent_indices_are_not_protected_though_they_lie_in_the_window()
    {
        _sender.SkipRtp(SrtpSamples.Ssrc, 300);
        Assert.That(_sender.ProtectRtp(SrtpSamples.Rtp(299), SrtpSamples.PacketLength), Is.Zero);

        SrtpSamples.Protected(_sender, 310);
        _sender.SkipRtp(SrtpSamples.Ssrc, 305);
        Assert.That(_sender.ProtectRtp(SrtpSamples.Rtp(305), SrtpSamples.PacketLength), Is.Zero);
        Assert.That(_sender.ProtectRtp(SrtpSamples.Rtp(306), SrtpSamples.PacketLength), Is.GreaterThan(0));
    }

    [Test]
    public void An_rtcp_replay_is_refused_and_a_reordered_packet_is_not()
    {
        var first = SrtpSamples.ProtectedRtcp(_sender);
        var second = SrtpSamples.ProtectedRtcp(_sender);

        Assert.That(SrtpSamples.OpensRtcp(_receiver, second), Is.True);
        Assert.That(SrtpSamples.OpensRtcp(_receiver, first), Is.True);
        Assert.That(SrtpSamples.OpensRtcp(_receiver, first), Is.False);
        Assert.That(SrtpSamples.OpensRtcp(_receiver, second), Is.False);
    }

    [Test]
    public void The_key_is_reported_near_its_limit_and_refused_at_it()
    {
        _sender.SkipRtp(SrtpSamples.Ssrc, (1UL << 47) - 2);
        Assert.That(_sender.IsNearKeyLimit, Is.False);
        SrtpSamples.Protected(_sender, 0xFFFF);
        SrtpSamples.Protected(_sender, 0);
        Assert.That(_sender.IsNearKeyLimit, Is.True);

        _sender.SkipRtp(SrtpSamples.Ssrc, (1UL << 48) - 2);
        SrtpSamples.Protected(_sender, 0xFFFF);
        Assert.That(_sender.ProtectRtp(SrtpSamples.Rtp(0), SrtpSamples.PacketLength), Is.Zero);

        _receiver.SkipRtcp(SrtpSamples.Ssrc, (1u << 30) - 2);
        SrtpSamples.ProtectedRtcp(_receiver);
        Assert.That(_receiver.IsNearKeyLimit, Is.False);
        SrtpSamples.ProtectedRtcp(_receiver);
        Assert.That(_receiver.IsNearKeyLimit, Is.True);
        _receiver.SkipRtcp(SrtpSamples.Ssrc, (1u << 31) - 1);
        Assert.That(SrtpSamples.ProtectedRtcp(_receiver), Is.Empty);
    }

    [Test]
    public void A_peer_that_invents_sources_is_stopped()
    {
        var opened = Enumerable.Range(0, 200).Count(i => TryOpenNewSource((uint)i));

        Assert.That(opened, Is.EqualTo(64));
        Assert.That(TryOpenNewSource(63, sequence: 2), Is.True, "The known ones go on");

        bool TryOpenNewSource(uint ssrc, ushort sequence = 1)
        {
            using var sender = SrtpSamples.Context(profile);
            return SrtpSamples.Opens(_receiver, SrtpSamples.Protected(sender, sequence, ssrc));
        }
    }

    [Test]
    public void A_key_of_the_wrong_length_is_named() =>
        Assert.That(
            () => new SrtpContext(profile, new byte[5], new byte[profile.SaltLength()]),
            Throws.ArgumentException.With.Message.Contains("not 5 and")
        );

    [Test]
    public void Protecting_and_opening_allocate_nothing()
    {
        var buffer = SrtpSamples.Rtp(0);
        var before = 0L;
        for (var i = 0; i < PacketCount; i++)
        {
            if (i == WarmUpCount)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            buffer[2] = (byte)(i >> 8);
            buffer[3] = (byte)i;
            var length = _sender.ProtectRtp(buffer, SrtpSamples.PacketLength);
            if (!_receiver.TryUnprotectRtp(buffer.AsSpan(0, length), out _))
            {
                Assert.Fail($"Packet {i} did not open.");
            }
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
