using Spaces.Sfu.Protocol;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

[TestFixture]
internal sealed class RtpContinuityTests
{
    private static readonly Instant Start = Instant.Zero + TimeSpan.FromHours(1);

    [Test]
    public void Over_a_change_of_source_the_number_goes_on_by_one_and_the_time_by_what_passed()
    {
        var stream = new RtpContinuity(100, 5000);
        Assert.That(stream.TryMap(1, 7000, 1_000_000, 960, Start, out var first));
        Assert.That(stream.TryMap(2, 33, 77, 960, Start + TimeSpan.FromSeconds(2), out var second));

        Assert.That(first, Is.EqualTo(new RtpPosition(100, 5000, true)));
        Assert.That(second, Is.EqualTo(new RtpPosition(101, 5000 + 96_000, true)));
    }

    [Test]
    public void A_packet_from_before_the_change_is_refused()
    {
        var stream = new RtpContinuity(100, 0);
        Assert.That(stream.TryMap(1, 10, 960, 960, Start, out _));
        Assert.That(stream.TryMap(2, 50, 0, 960, Start, out _));
        Assert.That(stream.TryMap(2, 49, 0, 960, Start, out _), Is.False);
    }

    [Test]
    public void A_repetition_is_refused()
    {
        var stream = new RtpContinuity(100, 0);
        Assert.That(stream.TryMap(1, 10, 960, 960, Start, out _));
        Assert.That(stream.TryMap(1, 10, 960, 960, Start, out _), Is.False);
    }

    [Test]
    public void A_source_that_jumps_in_number_or_time_begins_anew_without_a_jump()
    {
        var stream = new RtpContinuity(100, 0);
        Assert.That(stream.TryMap(1, 10, 960, 960, Start, out _));
        Assert.That(stream.TryMap(1, 30_000, 1920, 960, Start, out var afterNumber));
        Assert.That(stream.TryMap(1, 30_001, 900_000_000, 960, Start, out var afterTime));

        Assert.That(afterNumber, Is.EqualTo(new RtpPosition(101, 960, true)));
        Assert.That(afterTime, Is.EqualTo(new RtpPosition(102, 1920, true)));
    }

    [Test]
    public void A_sender_whose_clock_runs_backwards_never_takes_the_stream_back_in_time()
    {
        var stream = new RtpContinuity(100, 0);
        var now = Start;
        uint claimed = 100_000_000;
        Assert.That(stream.TryMap(1, 10, claimed, 960, now, out var last));
        for (ushort number = 11; number < 200; number++)
        {
            now += TimeSpan.FromMilliseconds(20);
            claimed -= 200_000;
            Assert.That(stream.TryMap(1, number, claimed, 960, now, out var next));
            Assert.That((int)(next.Timestamp - last.Timestamp), Is.Positive);
            last = next;
        }

        now += TimeSpan.FromMilliseconds(20);
        Assert.That(stream.TryMap(2, 7, 5, 960, now, out var honest));
        Assert.That((int)(honest.Timestamp - last.Timestamp), Is.EqualTo(960));
    }

    [Test]
    public void Silence_of_a_sender_passes_in_its_own_time()
    {
        var stream = new RtpContinuity(100, 0);
        Assert.That(stream.TryMap(1, 10, 0, 960, Start, out _));
        Assert.That(stream.TryMap(1, 11, 48_000 * 60, 960, Start + TimeSpan.FromMinutes(1), out var position));
        Assert.That(position, Is.EqualTo(new RtpPosition(101, 48_000 * 60, false)));
    }

    [Test]
    public void The_time_for_a_report_goes_on_between_packets()
    {
        var stream = new RtpContinuity(100, 0);
        Assert.That(stream.TryMap(1, 10, 0, 960, Start, out _));
        Assert.That(stream.TimestampAt(Start + TimeSpan.FromSeconds(1)), Is.EqualTo(48_000));
    }

    [Test]
    public void No_number_is_ever_given_twice([Range(1, 100)] int seed)
    {
        var random = new Random(seed);
        var stream = new RtpContinuity((ushort)random.Next(1 << 15), 0);
        var given = new HashSet<long>();
        var sources = Enumerable.Range(0, 3).Select(_ => (long)random.Next(1 << 16)).ToArray();
        var delivered = new HashSet<(int Source, long Number)>();
        long highest = 0;
        for (var step = 0; step < 3000; step++)
        {
            var source = random.Next(10) < 8 ? step / 50 % 3 : random.Next(3);
            sources[source] += random.Next(20) == 0 ? random.Next(2000) : 1;
            var number = sources[source] - (random.Next(5) == 0 ? random.Next(200) : 0);
            if (
                !delivered.Add((source, number)) // SRTP lets no packet through twice.
                || !stream.TryMap(source, (ushort)number, (uint)number * 960, 960, Start, out var position)
            )
            {
                continue;
            }

            var extended = highest + (short)(position.SequenceNumber - (ushort)highest);
            highest = Math.Max(highest, extended);
            Assert.That(given.Add(extended), $"Number {position.SequenceNumber} came twice in step {step}.");
        }
    }
}
