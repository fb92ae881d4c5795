using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Tests.Server;

/// <summary>
/// A participant's side over a real UDP socket: ICE, DTLS and SRTP by the client role of our own stack.
/// </summary>
internal sealed partial class MediaClient : IDisposable
{
    public const byte OpusPayloadType = 111;
    private const byte RedPayloadType = 63;
    private const int LevelId = 1;
    private const uint FrameSamples = 960;

    private readonly IPAddress _address;
    private readonly DtlsCertificate _certificate = DtlsCertificate.Generate(DateTimeOffset.UtcNow);
    private readonly Random _random = new();
    private readonly byte[] _buffer = new byte[2048];
    private readonly bool _hasLevels;
    private Socket _socket;
    private IceCredentials _ice = IceCredentials.Generate();
    private PeerTransport? _peer;
    private IPEndPoint? _server;
    private NetworkPath _path;
    private ushort _sequenceNumber;
    private uint _timestamp;

    /// <param name="sessionId">As signaling would name it.</param>
    /// <param name="mediaId">The CSRC in the slots of others.</param>
    /// <param name="address">Where its socket is bound; null for IPv4 loopback.</param>
    /// <param name="hasLevels">Whether it sends audio levels (RFC 6464).</param>
    public MediaClient(string sessionId, uint mediaId, IPAddress? address = null, bool hasLevels = true)
    {
        SessionId = sessionId;
        MediaId = mediaId;
        _address = address ?? IPAddress.Loopback;
        _hasLevels = hasLevels;
        _socket = CreateSocket();
        _sequenceNumber = (ushort)_random.Next(1 << 16);
        _timestamp = (uint)_random.Next();
    }

    public string SessionId { get; }

    public uint MediaId { get; }

    public uint MicrophoneSsrc => 0xA000_0000 | MediaId;

    public string Answer { get; private set; } = "";

    public IceCredentials OwnIce => _ice;

    /// <summary>What the answer said: the credentials that checks to the node carry.</summary>
    public IceCredentials ServerIce => RemoteIce(Answer);

    public bool IsConnected => _peer?.IsConnected == true;

    public bool IsOver { get; private set; }

    public List<HeardPacket> Heard { get; } = [];

    public int SenderReports { get; private set; }

    public List<ReportBlock> Reports { get; } = [];

    public int Goodbyes { get; private set; }

    /// <summary>RTP packets that came to the socket in use now.</summary>
    public int HeardHere { get; private set; }

    /// <summary>The socket's own address.</summary>
    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    /// <summary>Whose audio came in, without repetition.</summary>
    public IEnumerable<uint> HeardSpeakers => Heard.Select(packet => packet.Speaker).Distinct().Order();

    public string CreateOffer(bool hasMicrophone, int slots)
    {
        var offer = new StringBuilder();
        var lines = (hasMicrophone ? 1 : 0) + slots;
        var mids = string.Join(' ', Enumerable.Range(0, lines));
        offer.Append("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
        offer.Append(CultureInfo.InvariantCulture, $"a=group:BUNDLE {mids}\r\n");
        for (var mid = 0; mid < lines; mid++)
        {
            AppendLine(offer, mid, isMicrophone: hasMicrophone && mid == 0);
        }

        return offer.ToString();
    }

    public void Accept(string answer)
    {
        Answer = answer;
        var candidate = CandidatePattern().Match(answer);
        _server = new IPEndPoint(
            IPAddress.Parse(candidate.Groups[1].Value),
            int.Parse(candidate.Groups[2].Value, CultureInfo.InvariantCulture)
        );
        var address = DatagramAddress.From(_server.Address, _server.Port);
        _path = new NetworkPath(new TransportAddress(address.Ip, address.Port), 0);
        var fingerprint = FingerprintPattern().Match(answer);
        CertificateFingerprint.TryParse(fingerprint.Groups[1].Value, fingerprint.Groups[2].Value, out var expected);
        var options = new PeerTransportOptions(_ice, ServerIce, _certificate, [expected!])
        {
            Role = PeerRole.Client,
            ServerPath = _path,
            Random = _random,
        };
        _peer = new PeerTransport(options, Now());
    }

    /// <summary>New credentials of our own, for a restart.</summary>
    public IceCredentials RenewIce() => _ice = IceCredentials.Generate();

    /// <summary>Goes on from a new socket, as after a change of network, with what the server answered.</summary>
    public void RestartIceFromElsewhere(string fragment)
    {
        _socket.Dispose();
        _socket = CreateSocket();
        HeardHere = 0;
        _peer!.RestartIce(Now(), _ice, RemoteIce(fragment));
        _peer.MoveTo(Now(), _path);
    }

    /// <summary>Takes in what has arrived, does what is due, sends what there is to send.</summary>
    public void Pump()
    {
        while (_socket.Available > 0)
        {
            var length = _socket.Receive(_buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                Handle(_buffer.AsSpan(0, length));
            }
        }

        if (_peer!.NextTimeout <= Now())
        {
            _peer.HandleTimeout(Now());
        }

        Flush();
    }

    /// <summary>Sends the next 20 ms of audio.</summary>
    public void Speak(byte level = 20, bool asRed = false, uint? ssrc = null, int payloadLength = 80) =>
        SendRaw(NextFrame(level, asRed, ssrc, payloadLength));

    /// <summary>The next 20 ms of audio as a datagram, for whoever sends it later or never.</summary>
    public byte[] NextFrame(byte level = 20, bool asRed = false, uint? ssrc = null, int payloadLength = 80)
    {
        var packet = new byte[payloadLength + 64];
        var header = new RtpHeader(
            asRed ? RedPayloadType : OpusPayloadType,
            false,
            _sequenceNumber++,
            _timestamp += FrameSamples,
            ssrc ?? MicrophoneSsrc
        );
        var length = RtpPacketWriter.WriteHeader(packet, header);
        if (_hasLevels)
        {
            packet[0] |= 0x10; // the extension bit
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(length), 0xBEDE);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(length + 2), 1);
            packet[length + 4] = LevelId << 4;
            packet[length + 5] = (byte)(0x80 | level);
            length += 8;
        }

        if (asRed)
        {
            packet[length++] = OpusPayloadType; // the primary alone
        }

        var payload = packet.AsSpan(length, payloadLength);
        payload.Fill((byte)MediaId);
        payload[0] = 0x78; // an Opus TOC: 20 ms CELT, one frame
        var end = _peer!.ProtectRtp(packet, length + payloadLength);
        return packet[..end];
    }

    /// <summary>Sends bytes that are no part of any protocol state.</summary>
    public void SendRaw(ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, _server!);

    public void Close()
    {
        _peer!.Close();
        Flush();
    }

    public void Dispose()
    {
        _peer?.Dispose();
        _certificate.Dispose();
        _socket.Dispose();
    }

    private Socket CreateSocket()
    {
        var socket = new Socket(_address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(_address, 0));
        return socket;
    }

    private static IceCredentials RemoteIce(string sdp) =>
        new(UfragPattern().Match(sdp).Groups[1].Value, PasswordPattern().Match(sdp).Groups[1].Value);

    private static Instant Now() => new((long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency)));

    private void AppendLine(StringBuilder offer, int mid, bool isMicrophone)
    {
        offer.Append("m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\n");
        offer.Append(CultureInfo.InvariantCulture, $"a=mid:{mid}\r\na=ice-ufrag:{_ice.Ufrag}\r\n");
        offer.Append(CultureInfo.InvariantCulture, $"a=ice-pwd:{_ice.Password}\r\n");
        var fingerprint = _certificate.Fingerprint;
        offer.Append(CultureInfo.InvariantCulture, $"a=fingerprint:{fingerprint}\r\na=setup:actpass\r\n");
        offer.Append(isMicrophone ? "a=sendonly\r\n" : "a=recvonly\r\n");
        offer.Append("a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n");
        if (isMicrophone && _hasLevels)
        {
            offer.Append(CultureInfo.InvariantCulture, $"a=extmap:{LevelId} {AudioLevel.Uri}\r\n");
        }

        if (isMicrophone)
        {
            offer.Append(CultureInfo.InvariantCulture, $"a=ssrc:{MicrophoneSsrc} cname:me\r\n");
        }
    }

    private void Handle(Span<byte> datagram)
    {
        switch (Datagram.Classify(datagram))
        {
            case DatagramKind.Stun:
                _peer!.HandleStun(Now(), _path, datagram);
                break;
            case DatagramKind.Dtls:
                _peer!.HandleDtls(Now(), _path, datagram);
                break;
            case DatagramKind.Rtp when _peer!.TryUnprotectRtp(_path, datagram, out var length):
                Hear(datagram[..length]);
                break;
            case DatagramKind.Rtcp when _peer!.TryUnprotectRtcp(_path, datagram, out var length):
                HandleRtcp(datagram[..length]);
                break;
            default:
                break;
        }
    }

    private void Hear(ReadOnlySpan<byte> packet)
    {
        Assert.That(RtpPacketView.TryParse(packet, out var rtp));
        HeardHere++;
        Heard.Add(
            new HeardPacket(
                rtp.Ssrc,
                rtp.Csrc(0),
                rtp.SequenceNumber,
                rtp.Timestamp,
                rtp.PayloadType,
                rtp.Payload[1],
                rtp.CsrcCount
            )
        );
    }

    private void HandleRtcp(ReadOnlySpan<byte> packet)
    {
        foreach (var part in new RtcpCompound(packet))
        {
            if (part.Type == RtcpPacketType.SenderReport)
            {
                SenderReports++;
            }
            else if (part.Type == RtcpPacketType.ReceiverReport && ReceiverReportView.TryParse(part, out var report))
            {
                for (var i = 0; i < report.ReportCount; i++)
                {
                    Reports.Add(report.Report(i));
                }
            }
            else if (part.Type == RtcpPacketType.Goodbye)
            {
                Goodbyes++;
            }
        }
    }

    private void Flush()
    {
        while (_peer!.TryDequeueTransmit(out var transmit))
        {
            _socket.SendTo(transmit.Payload.Span, _server!);
        }

        while (_peer.TryDequeueEvent(out var peerEvent))
        {
            IsOver |= peerEvent is PeerEvent.Closed or PeerEvent.HandshakeFailed;
        }
    }

    [GeneratedRegex(@"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host")]
    private static partial Regex CandidatePattern();

    [GeneratedRegex(@"a=fingerprint:(\S+) (\S+)")]
    private static partial Regex FingerprintPattern();

    [GeneratedRegex(@"a=ice-ufrag:(\S+)")]
    private static partial Regex UfragPattern();

    [GeneratedRegex(@"a=ice-pwd:(\S+)")]
    private static partial Regex PasswordPattern();
}
