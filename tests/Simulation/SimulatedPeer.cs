using System.Buffers.Binary;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Simulation;

/// <summary>A participant: the client side of our own stack, a microphone, and ears.</summary>
internal sealed class SimulatedPeer : ISimulatedEnd, IDisposable
{
    private const uint FrameSamples = 960;
    private const int PayloadLength = 60;

    private static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    private readonly World _world;
    private readonly DtlsCertificate _certificate;
    private readonly Random _random;
    private readonly byte[] _packet = new byte[200];
    private IceCredentials _ice;
    private PeerTransport? _transport;
    private NetworkPath _server;
    private ushort _sequenceNumber;
    private uint _timestamp;
    private Instant _nextFrame;

    public SimulatedPeer(World world, string room, uint mediaId, bool hasMicrophone, int slots)
    {
        _world = world;
        _certificate = world.ClientCertificate;
        _random = new Random(world.Random.Next());
        _ice = CreateIce();
        Room = room;
        MediaId = mediaId;
        HasMicrophone = hasMicrophone;
        SessionId = $"{room}-{mediaId}";
        Address = world.NewAddress(this);
        Offer = PeerOffer.Write(_ice, _certificate.Fingerprint, hasMicrophone ? MicrophoneSsrc : null, slots);
        _sequenceNumber = (ushort)_random.Next(1 << 16);
        _timestamp = (uint)_random.NextInt64(1L << 32);
    }

    public string Room { get; }

    public uint MediaId { get; }

    public bool HasMicrophone { get; }

    public string SessionId { get; }

    public string Offer { get; }

    /// <summary>As the server sees it; what is sent to an earlier one gets lost.</summary>
    public TransportAddress Address { get; private set; }

    /// <summary>Sends 50 packets a second while it is connected, permitted or not.</summary>
    public bool IsTalking { get; set; }

    /// <summary>-dBov.</summary>
    public byte Level { get; set; } = 20;

    /// <summary>The client is gone without a goodbye: it neither sends nor hears.</summary>
    public bool IsDead { get; set; }

    /// <summary>Its network is down: what it sends and what is sent to it gets lost.</summary>
    public bool IsOffline { get; set; }

    /// <summary>The node has its session. Set as soon as it may, cleared when it is certain to be over.</summary>
    public bool IsOpen { get; set; }

    /// <summary>When the node gave it up of itself.</summary>
    public Instant? LostAt { get; set; }

    /// <summary>The node may forward it to others. Cleared when the command that forbids it has completed.</summary>
    public bool MayBeHeard { get; set; }

    /// <summary>The node may forward others to it. Likewise.</summary>
    public bool MayHear { get; set; }

    public bool IsConnected => !IsDead && _transport?.IsConnected == true;

    public bool IsAccepted => _transport is not null;

    /// <summary>How often each speaker was heard since the last <see cref="ForgetHeard"/>.</summary>
    public Dictionary<uint, int> Heard { get; } = [];

    /// <summary>Sender reports, and when they were made by this network's clock.</summary>
    public List<SenderInformation> SenderReports { get; } = [];

    private uint MicrophoneSsrc => 0xA000_0000 | MediaId;

    public Instant? Next
    {
        get
        {
            if (IsDead || _transport is not { } transport)
            {
                return null;
            }

            var timeout = transport.NextTimeout;
            return IsTalking && IsConnected && (timeout is not { } due || _nextFrame < due) ? _nextFrame : timeout;
        }
    }

    public void Accept(string answer)
    {
        _server = new NetworkPath(_world.LoopAddress(PeerOffer.ReadPort(answer)), 0);
        _transport = new PeerTransport(
            new PeerTransportOptions(_ice, PeerOffer.ReadIce(answer), _certificate, [PeerOffer.ReadFingerprint(answer)])
            {
                Role = PeerRole.Client,
                ServerPath = _server,
                Random = _random,
            },
            _world.Now
        );
    }

    public IceCredentials RenewIce() => _ice = CreateIce();

    public void RestartIce(string fragment)
    {
        _transport!.RestartIce(_world.Now, _ice, PeerOffer.ReadIce(fragment));
        Flush();
    }

    /// <summary>A NAT gives it another address, and the client does not know.</summary>
    public void Rebind() => Address = _world.NewAddress(this);

    public void ForgetHeard() => Heard.Clear();

    /// <summary>Does what is due.</summary>
    public void Step()
    {
        if (IsDead || _transport is null)
        {
            return;
        }

        if (_transport.NextTimeout <= _world.Now)
        {
            _transport.HandleTimeout(_world.Now);
            Flush();
        }

        if (IsTalking && IsConnected && _nextFrame <= _world.Now)
        {
            Speak();
            _nextFrame = _world.Now + FrameDuration;
        }
    }

    public void Receive(TransportAddress source, TransportAddress destination, byte[] datagram)
    {
        if (IsDead || _transport is null || destination != Address || source != _server.Remote)
        {
            return;
        }

        switch (Datagram.Classify(datagram))
        {
            case DatagramKind.Stun:
                _transport.HandleStun(_world.Now, _server, datagram);
                break;
            case DatagramKind.Dtls:
                _transport.HandleDtls(_world.Now, _server, datagram);
                break;
            case DatagramKind.Rtp when _transport.TryUnprotectRtp(_server, datagram, out var length):
                Hear(datagram.AsSpan(0, length));
                break;
            case DatagramKind.Rtcp when _transport.TryUnprotectRtcp(_server, datagram, out var length):
                HearReports(datagram.AsSpan(0, length));
                break;
            default:
                break;
        }

        Flush();
    }

    public void Dispose() => _transport?.Dispose();

    private IceCredentials CreateIce()
    {
        var entropy = new byte[IceCredentials.EntropyLength];
        _random.NextBytes(entropy);
        return IceCredentials.FromEntropy(entropy);
    }

    private void Speak()
    {
        var header = new RtpHeader(PeerOffer.OpusPayloadType, false, _sequenceNumber++, _timestamp, MicrophoneSsrc);
        _timestamp += FrameSamples;
        var length = RtpPacketWriter.WriteHeader(_packet, header);
        _packet[0] |= 0x10; // the extension bit
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(length), 0xBEDE);
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(length + 2), 1);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(length + 4), 0);
        _packet[length + 4] = PeerOffer.LevelId << 4;
        _packet[length + 5] = (byte)(0x80 | Level);
        length += 8;
        var payload = _packet.AsSpan(length, PayloadLength);
        payload.Clear();
        payload[0] = 0x78; // an Opus TOC: 20 ms CELT, one frame
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], MediaId);
        var end = _transport!.ProtectRtp(_packet, length + PayloadLength);
        _world.SendToServer(this, _server.Remote, _packet.AsMemory(0, end));
    }

    private void Hear(ReadOnlySpan<byte> packet)
    {
        Assert.That(RtpPacketView.TryParse(packet, out var rtp));
        var speaker = rtp.Csrc(0);
        Assert.That(BinaryPrimitives.ReadUInt32BigEndian(rtp.Payload[4..]), Is.EqualTo(speaker), "Another's content");
        Heard[speaker] = Heard.GetValueOrDefault(speaker) + 1;
        _world.Trace.Add(_world.Now.Nanoseconds, MediaId, speaker, rtp.SequenceNumber);
    }

    private void HearReports(ReadOnlySpan<byte> packet)
    {
        foreach (var part in new RtcpCompound(packet))
        {
            if (SenderReportView.TryParse(part, out var report))
            {
                SenderReports.Add(report.Information);
            }
        }
    }

    private void Flush()
    {
        while (_transport!.TryDequeueTransmit(out var transmit))
        {
            _world.SendToServer(this, transmit.Path.Remote, transmit.Payload);
        }

        while (_transport.TryDequeueEvent(out _))
        {
            // What matters shows in IsConnected.
        }
    }
}
