using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Protocol.Srtp;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Simulation;

/// <summary>A participant: the client side of our own stack, a microphone, and ears.</summary>
internal sealed class SimulatedPeer : ISimulatedEnd, IDisposable
{
    private static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    private readonly World _world;
    private readonly DtlsCertificate _certificate;
    private readonly Random _random;
    private readonly PeerAbilities _abilities;
    private readonly SimulatedMicrophone _microphone;
    private readonly SimulatedEars _ears;
    private IceCredentials _ice;
    private PeerTransport? _transport;
    private NetworkPath _server;
    private Instant _nextFrame;

    public SimulatedPeer(World world, string room, uint mediaId, bool hasMicrophone, int slots, PeerAbilities abilities)
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
        _abilities = abilities;
        _microphone = new SimulatedMicrophone(mediaId, abilities, _random);
        _ears = new SimulatedEars(mediaId, abilities, _random);
        uint? ssrc = hasMicrophone ? _microphone.Ssrc : null;
        Offer = PeerOffer.Write(_ice, _certificate.Fingerprint, ssrc, slots, abilities);
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

    /// <summary>What happens to a datagram of its, to or from the node; null: as to everybody's.</summary>
    public LinkConditions? LinkFor(ReadOnlySpan<byte> datagram) =>
        Datagram.Classify(datagram) is DatagramKind.Rtp or DatagramKind.Rtcp ? _abilities.Link : null;

    public SimulatedMicrophone Microphone => _microphone;

    public SimulatedEars Ears => _ears;

    public Dictionary<uint, int> Heard => _ears.Heard;

    public List<SenderInformation> SenderReports => _ears.SenderReports;

    public Instant? Next
    {
        get
        {
            if (IsDead || _transport is not { } transport)
            {
                return null;
            }

            var timeout = transport.NextTimeout;
            if (IsConnected && _ears.Next is { } report && (timeout is not { } first || report < first))
            {
                timeout = report;
            }

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

    public void ForgetHeard() => _ears.Forget();

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
            var datagram = _microphone.Speak(_world.Now, Level, _transport);
            _world.SendToServer(this, _server.Remote, datagram);
            _nextFrame = _world.Now + FrameDuration;
        }

        if (IsConnected && _ears.Next <= _world.Now)
        {
            SendReport();
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

    private void SendReport()
    {
        var report = _ears.Report(_world.Now);
        if (!report.IsEmpty)
        {
            var buffer = new byte[report.Length + SrtpContext.OverheadMax];
            report.CopyTo(buffer);
            var length = _transport!.ProtectRtcp(buffer, report.Length);
            _world.SendToServer(this, _server.Remote, buffer.AsMemory(0, length));
        }
    }

    private void Hear(ReadOnlySpan<byte> packet)
    {
        Assert.That(RtpPacketView.TryParse(packet, out var rtp));
        var speaker = _ears.Hear(_world.Now, rtp);
        _world.Trace.Add(_world.Now.Nanoseconds, MediaId, speaker, rtp.SequenceNumber);
    }

    private void HearReports(ReadOnlySpan<byte> packet)
    {
        foreach (var part in new RtcpCompound(packet))
        {
            if (SenderReportView.TryParse(part, out var report))
            {
                _ears.HearReport(_world.Now, report);
            }
            else if (NackView.TryParse(part, out var request))
            {
                foreach (var datagram in _microphone.Answer(request, _world.Now))
                {
                    _world.SendToServer(this, _server.Remote, datagram);
                }
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
