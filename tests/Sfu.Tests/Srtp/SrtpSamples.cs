using System.Buffers.Binary;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Srtp;

/// <summary>Keys and packets for the tests of SRTP.</summary>
internal static class SrtpSamples
{
    public const uint Ssrc = 0x5AACE5;
    public const int PayloadLength = 80;
    public const int PacketLength = 12 + PayloadLength;

    public static SrtpContext Context(SrtpProfile profile, SrtpEngine? engine = null)
    {
        var key = Enumerable.Range(1, profile.KeyLength()).Select(i => (byte)i).ToArray();
        var salt = Enumerable.Range(101, profile.SaltLength()).Select(i => (byte)i).ToArray();
        return new SrtpContext(profile, key, salt, engine ?? SrtpEngines.Best);
    }

    /// <summary>An RTP packet whose payload names its own sequence number, with room for protection.</summary>
    public static byte[] Rtp(ushort sequence, uint ssrc = Ssrc)
    {
        var buffer = new byte[PacketLength + SrtpContext.OverheadMax];
        buffer[0] = 0x80;
        buffer[1] = 111;
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(8), ssrc);
        buffer.AsSpan(12, PayloadLength).Fill((byte)sequence);
        return buffer;
    }

    public static byte[] Protected(SrtpContext sender, ushort sequence, uint ssrc = Ssrc)
    {
        var buffer = Rtp(sequence, ssrc);
        var length = sender.ProtectRtp(buffer, PacketLength);
        Assert.That(length, Is.GreaterThan(PacketLength));
        return buffer[..length];
    }

    /// <summary>An empty receiver report.</summary>
    public static byte[] ProtectedRtcp(SrtpContext sender)
    {
        var buffer = new byte[8 + SrtpContext.OverheadMax];
        buffer[0] = 0x80;
        buffer[1] = 201;
        buffer[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(4), Ssrc);
        return buffer[..sender.ProtectRtcp(buffer, 8)];
    }

    public static bool Opens(SrtpContext receiver, byte[] packet) =>
        receiver.TryUnprotectRtp((byte[])packet.Clone(), out _);

    public static bool OpensRtcp(SrtpContext receiver, byte[] packet) =>
        receiver.TryUnprotectRtcp((byte[])packet.Clone(), out _);
}
