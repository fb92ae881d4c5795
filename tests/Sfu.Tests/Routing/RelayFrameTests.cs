using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

[TestFixture]
internal sealed class RelayFrameTests
{
    private readonly byte[] _buffer = new byte[2044];

    [Test]
    public void A_speakers_packet_comes_out_as_it_went_in()
    {
        var packet = new AudioPacket(0xAABBCCDD, 65_535, 0xFFFF_FFFE, true, 126, [1, 2, 3]);
        ReadOnlySpan<byte> frame = _buffer.AsSpan(0, RelayFrame.Write(_buffer, 77, packet));

        Assert.That(RelayFrame.IsAudio(frame));
        Assert.That(RelayFrame.Room(frame), Is.EqualTo(77));
        var read = RelayFrame.ReadAudio(frame);
        Assert.That(read.MediaId, Is.EqualTo(packet.MediaId));
        Assert.That(read.SequenceNumber, Is.EqualTo(packet.SequenceNumber));
        Assert.That(read.Timestamp, Is.EqualTo(packet.Timestamp));
        Assert.That(read.HasMarker);
        Assert.That(read.Level, Is.EqualTo(packet.Level));
        Assert.That(read.Payload.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void A_slot_packet_comes_out_as_it_went_in_with_who_holds_the_slots()
    {
        var packet = new SlotPacket(
            3,
            3,
            9,
            0xFFFF_FFF0,
            12,
            34,
            false,
            960,
            TimeSpan.FromMilliseconds(120),
            [5, 6, 7],
            [1, 0, 0xFFFF_FFFF]
        );
        ReadOnlySpan<byte> frame = _buffer.AsSpan(0, RelayFrame.Write(_buffer, 78, packet));

        Assert.That(RelayFrame.IsAudio(frame), Is.False);
        var read = RelayFrame.ReadSlot(frame);
        Assert.That(read.IsSpare);
        Assert.That(read.SlotCount, Is.EqualTo(3));
        Assert.That(read.MediaId, Is.EqualTo(9));
        Assert.That(read.Tenure, Is.EqualTo(0xFFFF_FFF0));
        Assert.That(read.SequenceNumber, Is.EqualTo(12));
        Assert.That(read.Timestamp, Is.EqualTo(34));
        Assert.That(read.HasMarker, Is.False);
        Assert.That(read.Bytes.ToArray(), Is.EqualTo(new byte[] { 5, 6, 7 }));
        Assert.That(read.Holders.ToArray(), Is.EqualTo(new uint[] { 1, 0, 0xFFFF_FFFF }));
    }
}
