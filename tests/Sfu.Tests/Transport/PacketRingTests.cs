using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Tests.Transport;

[TestFixture]
internal sealed class PacketRingTests
{
    [Test]
    public void A_full_ring_refuses_and_counts_and_takes_again_when_read()
    {
        using var ring = new PacketRing(4);
        for (byte i = 0; i < 4; i++)
        {
            Assert.That(TryWrite(ring, [i]));
        }

        Assert.That(TryWrite(ring, [9]), Is.False);
        Assert.That(ring.Refused, Is.EqualTo(1));
        Assert.That(ring.TryPeek(out var frame) && frame[0] == 0);
        ring.Release();
        Assert.That(TryWrite(ring, [4]));
        for (byte i = 1; i <= 4; i++)
        {
            Assert.That(ring.TryPeek(out var next) && next.Length == 1 && next[0] == i);
            ring.Release();
        }

        Assert.That(ring.TryPeek(out _), Is.False);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(100)]
    public void The_capacity_must_be_a_power_of_two(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketRing(capacity).Dispose());

    [Test]
    public void Between_two_threads_every_frame_arrives_whole_and_in_order()
    {
        const int count = 200_000;
        using var ring = new PacketRing(64);
        var producer = new Thread(() => Produce(ring, count));
        producer.Start();

        var expected = 0;
        while (expected < count)
        {
            if (!ring.TryPeek(out var frame))
            {
                Thread.Yield();
                continue;
            }

            var number = BitConverter.ToInt32(frame);
            if (number != expected || frame.Length != 4 + (number % 100) || frame[^1] != LastByte(number, frame.Length))
            {
                Assert.Fail($"Frame {expected} came as {number}, {frame.Length} bytes.");
            }

            ring.Release();
            expected++;
        }

        producer.Join();
        Assert.That(ring.TryPeek(out _), Is.False);
    }

    private static void Produce(PacketRing ring, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Span<byte> frame;
            while (!ring.TryRent(out frame))
            {
                Thread.Yield();
            }

            var length = 4 + (i % 100);
            frame[length - 1] = (byte)i;
            BitConverter.TryWriteBytes(frame, i);
            ring.Commit(length);
        }
    }

    private static byte LastByte(int number, int length) =>
        length == 4 ? BitConverter.GetBytes(number)[3] : (byte)number;

    private static bool TryWrite(PacketRing ring, ReadOnlySpan<byte> bytes)
    {
        if (!ring.TryRent(out var frame))
        {
            return false;
        }

        bytes.CopyTo(frame);
        ring.Commit(bytes.Length);
        return true;
    }
}
