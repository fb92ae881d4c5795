using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Wire;

namespace Spaces.Contracts.Tests.Wire;

/// <summary>Length-prefixed messages: vectors by hand, and any bytes at all.</summary>
[TestFixture]
public sealed class GrpcFramingTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [TestCase("", nameof(FrameStart.Incomplete))]
    [TestCase("00", nameof(FrameStart.Incomplete))]
    [TestCase("00000000", nameof(FrameStart.Incomplete))]
    [TestCase("0000000000", nameof(FrameStart.Message))]
    [TestCase("0000000001", nameof(FrameStart.Incomplete))]
    [TestCase("0000000001FF", nameof(FrameStart.Message))]
    [TestCase("0100000001FF", nameof(FrameStart.Message))]
    [TestCase("02", nameof(FrameStart.Malformed))]
    [TestCase("FF00000000", nameof(FrameStart.Malformed))]
    [TestCase("0000000010", nameof(FrameStart.Incomplete))]
    [TestCase("0000000011", nameof(FrameStart.TooLong))]
    [TestCase("00FFFFFFFF", nameof(FrameStart.TooLong))]
    public void Says_what_the_bytes_start_with(string hex, string expected)
    {
        var start = GrpcFraming.Read(new ReadOnlySequence<byte>(Convert.FromHexString(hex)), 16, out _);

        Assert.That(start.ToString(), Is.EqualTo(expected));
    }

    [Test]
    public void Takes_one_message_and_leaves_the_next()
    {
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString("0000000002AABB" + "0100000001CC"));

        GrpcFraming.Read(buffer, 16, out var first);
        GrpcFraming.Read(buffer.Slice(first.End), 16, out var second);

        Assert.That(first.Payload.ToArray(), Is.EqualTo(new byte[] { 0xAA, 0xBB }));
        Assert.That(second.Payload.ToArray(), Is.EqualTo(new byte[] { 0xCC }));
        Assert.That((first.IsCompressed, second.IsCompressed), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_length_of_4_GiB_costs_no_memory()
    {
        var header = new ReadOnlySequence<byte>(Convert.FromHexString("00FFFFFFFF"));
        GrpcFraming.Read(header, int.MaxValue, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var start = GrpcFraming.Read(header, int.MaxValue, out var frame);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1024));
        Assert.That((start, frame.Length), Is.EqualTo((FrameStart.TooLong, uint.MaxValue)));
    }

    [Test]
    public void Any_bytes_have_a_start_and_a_message_lies_within_them() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                var start = GrpcFraming.Read(new ReadOnlySequence<byte>(bytes), 64, out var frame);
                return start != FrameStart.Message || frame.Payload.Length + GrpcFraming.HeaderLength <= bytes.Length;
            })
            .Check(Thorough);

    [Test]
    public void What_is_written_is_read_however_it_is_split() =>
        Prop.ForAll<byte[], bool, int>(
                (message, compressed, splitSeed) =>
                {
                    var bytes = new byte[GrpcFraming.HeaderLength + message.Length];
                    GrpcFraming.WriteHeader(bytes, compressed, message.Length);
                    message.CopyTo(bytes, GrpcFraming.HeaderLength);
                    var split = (int)((uint)splitSeed % (uint)(bytes.Length + 1));

                    var start = GrpcFraming.Read(Split(bytes, split), message.Length, out var frame);

                    return start == FrameStart.Message
                        && frame.IsCompressed == compressed
                        && frame.Payload.ToArray().SequenceEqual(message);
                }
            )
            .Check(Thorough);

    private static ReadOnlySequence<byte> Split(byte[] bytes, int at)
    {
        var first = new Segment(bytes.AsMemory(0, at), null);
        var second = new Segment(bytes.AsMemory(at), first);
        return new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
