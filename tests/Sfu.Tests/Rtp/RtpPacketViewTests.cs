using System.Buffers.Binary;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Tests.Rtp;

[TestFixture]
public sealed class RtpPacketViewTests
{
    [Test]
    public void What_the_writer_writes_the_view_reads()
    {
        var buffer = new byte[20];
        var header = new RtpHeader(111, Marker: true, 65_535, 0xFFFF_FFF0, 0x8000_0001);
        var length = RtpPacketWriter.WriteHeader(buffer, header, csrc: 42);

        Assert.That(RtpPacketView.TryParse(buffer, out var view), Is.True);
        Assert.That(length, Is.EqualTo(view.HeaderLength).And.EqualTo(16));
        Assert.That(view.CsrcCount, Is.EqualTo(1));
        Assert.That(view.Csrc(0), Is.EqualTo(42));
        Assert.That(
            new RtpHeader(view.PayloadType, view.Marker, view.SequenceNumber, view.Timestamp, view.Ssrc),
            Is.EqualTo(header)
        );
        Assert.That(view.Payload.Length, Is.EqualTo(4));
    }

    [Test]
    public void Padding_is_not_payload()
    {
        var packet = new byte[20];
        RtpPacketWriter.WriteHeader(packet, new RtpHeader(111, false, 1, 2, 3));
        packet[0] |= 0x20;

        packet[^1] = 5;
        Assert.That(RtpPacketView.TryParse(packet, out var view), Is.True);
        Assert.That(view.Payload.Length, Is.EqualTo(3));

        packet[^1] = 0;
        Assert.That(RtpPacketView.TryParse(packet, out _), Is.False, "The count includes itself");
        packet[^1] = 9;
        Assert.That(RtpPacketView.TryParse(packet, out _), Is.False, "More padding than there is");
    }

    [Test]
    public void Every_audio_level_is_read_in_both_forms([Values] bool isOneByteForm)
    {
        for (var value = 0; value <= 255; value++)
        {
            byte[] elements = isOneByteForm
                ? [0x00, 0x10, 0x99, 0x30, (byte)value, 0, 0, 0]
                : [1, 0, 3, 1, (byte)value, 0, 0, 0];
            var packet = WithExtension(isOneByteForm ? (ushort)0xBEDE : (ushort)0x1000, elements);

            Assert.That(RtpPacketView.TryParse(packet, out var view), Is.True);
            Assert.That(AudioLevel.TryRead(view.Extensions, 3, out var level), Is.True);
            Assert.That(level, Is.EqualTo(new AudioLevel(value >= 128, (byte)(value & 0x7F))));
            Assert.That(AudioLevel.TryRead(view.Extensions, 2, out _), Is.False);
        }
    }

    [Test]
    public void A_mid_is_compared_as_text()
    {
        var packet = WithExtension(0xBEDE, [0x45, .. "audio0"u8, 0]);

        Assert.That(RtpPacketView.TryParse(packet, out var view), Is.True);
        Assert.That(MidExtension.Matches(view.Extensions, 4, "audio0"), Is.True);
        Assert.That(MidExtension.Matches(view.Extensions, 4, "audio1"), Is.False);
        Assert.That(MidExtension.Matches(view.Extensions, 5, "audio0"), Is.False);
    }

    [TestCase(0xBEDE, "3F000000", Description = "Longer than the block")]
    [TestCase(0xBEDE, "F0003055", Description = "Behind the stop id")]
    [TestCase(0x1000, "03FF0000", Description = "Longer than the block")]
    [TestCase(0x1234, "30550000", Description = "Another profile")]
    public void An_element_that_is_not_there_is_not_found(int profile, string elements)
    {
        Assert.That(
            RtpPacketView.TryParse(WithExtension((ushort)profile, Convert.FromHexString(elements)), out var view)
        );
        Assert.That(view.Extensions.TryGet(3, out _), Is.False);
    }

    [TestCase((ushort)65_535, (ushort)0, 1)]
    [TestCase((ushort)0, (ushort)65_535, -1)]
    [TestCase((ushort)10, (ushort)10, 0)]
    [TestCase((ushort)0, (ushort)32_767, 32_767)]
    public void Sequence_numbers_wrap(ushort earlier, ushort later, int distance)
    {
        Assert.That(SequenceNumber.Distance(earlier, later), Is.EqualTo(distance));
        Assert.That(SequenceNumber.IsNewer(later, earlier), Is.EqualTo(distance > 0));
        Assert.That(SequenceNumber.Extend(0x20000 + earlier, later), Is.EqualTo(0x20000 + earlier + distance));
    }

    [TestCase("78", 960, Description = "CELT, 20 ms would be 0x98; this is hybrid 20 ms")]
    [TestCase("98", 960)]
    [TestCase("99", 1_920)]
    [TestCase("9B03", 2_880)]
    [TestCase("18", 2_880, Description = "SILK, 60 ms")]
    [TestCase("80", 120, Description = "CELT, 2.5 ms")]
    [TestCase("1B02", 5_760)]
    public void The_length_of_an_opus_packet_is_in_its_first_bytes(string packet, int samples)
    {
        Assert.That(OpusPacket.TryGetSamples(Convert.FromHexString(packet), out var read), Is.True);
        Assert.That(read, Is.EqualTo(samples));
    }

    [TestCase("")]
    [TestCase("9B")]
    [TestCase("9B00")]
    [TestCase("1B03", Description = "180 ms")]
    public void A_packet_that_is_no_opus_has_no_length(string packet) =>
        Assert.That(OpusPacket.TryGetSamples(Convert.FromHexString(packet), out _), Is.False);

    [Test]
    public void Red_gives_its_blocks()
    {
        // Two older blocks of 2 and 3 bytes, 1,920 and 960 ticks back, and the primary.
        byte[] payload = [0xEF, 0x1E, 0x00, 0x02, 0xEF, 0x0F, 0x00, 0x03, 111, 1, 1, 2, 2, 2, 3, 3, 3, 3];

        Assert.That(RedPayloadView.TryParse(payload, out var red), Is.True);
        Assert.That(red.RedundantCount, Is.EqualTo(2));
        Assert.That(red.Primary.PayloadType, Is.EqualTo(111));
        Assert.That(red.Primary.Data.ToArray(), Is.EqualTo(new byte[] { 3, 3, 3, 3 }));
        Assert.That(red.Redundant(0).Data.ToArray(), Is.EqualTo(new byte[] { 1, 1 }));
        Assert.That(red.Redundant(0).TimestampOffset, Is.EqualTo(1_920));
        Assert.That(red.Redundant(1).Data.ToArray(), Is.EqualTo(new byte[] { 2, 2, 2 }));
        Assert.That(red.Redundant(1).TimestampOffset, Is.EqualTo(960));
        Assert.That(red.Redundant(1).PayloadType, Is.EqualTo(111));
        for (var length = 0; length < 14; length++)
        {
            Assert.That(RedPayloadView.TryParse(payload.AsSpan(0, length), out _), Is.False, $"{length} bytes");
        }
    }

    internal static byte[] WithExtension(ushort profile, byte[] elements)
    {
        var packet = new byte[16 + elements.Length + 4];
        RtpPacketWriter.WriteHeader(packet, new RtpHeader(111, false, 1, 2, 3));
        packet[0] |= 0x10;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), profile);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), (ushort)(elements.Length / 4));
        elements.CopyTo(packet, 16);
        return packet;
    }
}
