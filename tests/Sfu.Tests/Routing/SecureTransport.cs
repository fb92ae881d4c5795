using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Protocol.Srtp;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

/// <summary>A listener behind SRTP: what it could decrypt lies in a list.</summary>
internal sealed class SecureTransport : IListenerTransport, IDisposable
{
    private readonly byte[] _buffer = new byte[2000];
    private readonly SrtpContext _sender = new(SrtpProfile.AeadAes128Gcm, new byte[16], new byte[12]);
    private readonly SrtpContext _receiver = new(SrtpProfile.AeadAes128Gcm, new byte[16], new byte[12]);

    /// <summary>The sequence numbers, in the order of arrival.</summary>
    public List<ushort> Opened { get; } = [];

    public bool TryRent(out Span<byte> buffer)
    {
        buffer = _buffer;
        return true;
    }

    public void Send(int length)
    {
        var end = _sender.ProtectRtp(_buffer, length);
        if (end > 0 && _receiver.TryUnprotectRtp(_buffer.AsSpan(0, end), out var opened))
        {
            Assert.That(RtpPacketView.TryParse(_buffer.AsSpan(0, opened), out var rtp));
            Opened.Add(rtp.SequenceNumber);
        }
    }

    public void SendAgain(int length) => throw new NotSupportedException("Nobody asks here.");

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }
}
