using Spaces.Load.Media;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Load.Tests.Media;

[TestFixture]
public sealed class ProbeTests
{
    [Test]
    public void A_frame_gives_back_what_was_written_into_it()
    {
        var frame = new byte[ProbeFrame.Length];
        ProbeFrame.Write(frame, number: 12_345, sentNanoseconds: 987_654_321_012);

        Assert.That(ProbeFrame.TryRead(frame, out var number, out var sent), Is.True);
        Assert.That((number, sent), Is.EqualTo((12_345, 987_654_321_012L)));
    }

    [Test]
    public void Other_bytes_are_no_frame([Range(0, 12)] int position)
    {
        var frame = new byte[ProbeFrame.Length];
        ProbeFrame.Write(frame, number: 1, sentNanoseconds: 2);
        if (position >= 5)
        {
            frame[position] ^= 1;
            Assert.That(ProbeFrame.TryRead(frame, out _, out _), Is.False);
        }

        Assert.That(ProbeFrame.TryRead(frame.AsSpan(position + 1), out _, out _), Is.False);
    }

    [Test]
    public void A_frame_is_one_silent_Opus_frame_with_padding_to_its_end()
    {
        var frame = new byte[ProbeFrame.Length];
        ProbeFrame.Write(frame, number: 0, sentNanoseconds: 0);

        // RFC 6716 section 3.2.5: code 3, constant bit rate, padding, one frame; what remains is the frame.
        Assert.That(frame[0] & 3, Is.EqualTo(3));
        Assert.That(frame[1], Is.EqualTo(0x41));
        Assert.That(frame.Length - 3 - frame[2], Is.EqualTo(2));
    }

    [Test]
    public void Packets_follow_each_other_as_a_microphones_do()
    {
        var publisher = new ProbePublisher(ssrc: 9, packetCountMax: 3);
        var packet = new byte[200];

        for (var number = 0; number < 3; number++)
        {
            var length = publisher.WriteNext(packet);
            Assert.That(RtpPacketView.TryParse(packet.AsSpan(0, length), out var view), Is.True);
            Assert.That(view.SequenceNumber, Is.EqualTo(number));
            Assert.That(view.Timestamp, Is.EqualTo(number * 960));
            Assert.That(view.Ssrc, Is.EqualTo(9));
            Assert.That(ProbeFrame.TryRead(view.Payload, out var written, out var sent), Is.True);
            Assert.That(written, Is.EqualTo(number));
            Assert.That(sent, Is.EqualTo(publisher.SentAt(number)));
        }

        Assert.That(publisher.IsExhausted, Is.True);
    }
}
