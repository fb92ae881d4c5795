using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Spaces.Load.Media;
using Spaces.Load.Sessions;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Protocol.Sdp;
using Spaces.Sfu.Protocol.Stun;

namespace Spaces.Load.Tests.Swarm;

/// <summary>
/// A media node of a hundred lines with known faults, on loopback: what is measured is known beforehand.
/// </summary>
internal sealed class ForwardingNode : IMediaEntry
{
    private const uint SlotSsrc = 5;
    private const uint TimestampShift = 0xFFFF_F000; // The slot's time wraps around within the test.

    private readonly ConcurrentQueue<(int Participant, PeerTransport Transport, string Ufrag)> _opened = new();
    private readonly Dictionary<string, PeerTransport> _byUfrag = [];
    private readonly Dictionary<NetworkPath, PeerTransport> _byPath = [];
    private readonly List<PeerTransport> _listeners = [];
    private readonly DtlsCertificate _certificate = DtlsCertificate.Generate(DateTimeOffset.UtcNow);
    private readonly SharedSocket _socket = new(0x7F00_0001); // 127.0.0.1
    private readonly int _lossEvery;
    private readonly Thread _thread;
    private ushort _sequence;
    private volatile bool _isStopping;
    private Exception? _failure;

    /// <param name="lossEvery">Of so many packets one is not forwarded; 0: none is lost.</param>
    public ForwardingNode(int lossEvery)
    {
        _lossEvery = lossEvery;
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
    }

    public IPAddress? Host => IPAddress.Loopback;

    public Task<string> OpenAsync(int participant, string offer, bool publishes, CancellationToken cancellationToken)
    {
        var ice = IceCredentials.Generate();
        var slots = Enumerable.Range(0, publishes ? 0 : Offer.SlotCount);
        var options = new AudioAnswerOptions(
            ice,
            _certificate.Fingerprint,
            [new HostCandidate("127.0.0.1", _socket.Port)],
            [.. slots.Select(slot => new SlotIdentity(SlotSsrc + (uint)slot, "c", "s", $"t{slot}"))]
        );
        if (!AudioOfferAnswer.TryAnswer(offer, options, out var session, out var refusal))
        {
            throw new IOException(refusal);
        }

        var remote = new PeerTransportOptions(ice, session.RemoteIce, _certificate, session.RemoteFingerprints);
        _opened.Enqueue((participant, new PeerTransport(remote, Now()), ice.Ufrag));
        return Task.FromResult(session.Answer);
    }

    public Task CloseAllAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _isStopping = true;
        _thread.Join();
        _socket.Dispose();
        foreach (var transport in _byUfrag.Values)
        {
            transport.Dispose();
        }

        _certificate.Dispose();
        return _failure is null ? ValueTask.CompletedTask : ValueTask.FromException(_failure);
    }

    private static Instant Now() => new(Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency));

    private void Work()
    {
        try
        {
            while (!_isStopping)
            {
                TakeTurn();
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    private void TakeTurn()
    {
        _socket.Wait(timeoutNanoseconds: 2_000_000);
        for (var received = _socket.Receive(); received > 0; received = _socket.Receive())
        {
            for (var i = 0; i < received; i++)
            {
                Handle(_socket.Get(i));
            }
        }

        foreach (var transport in _byUfrag.Values.Where(transport => transport.NextTimeout <= Now()))
        {
            transport.HandleTimeout(Now());
            Drain(transport);
        }
    }

    private void TakeInOpened()
    {
        while (_opened.TryDequeue(out var opened))
        {
            _byUfrag.Add(opened.Ufrag, opened.Transport);
            if (opened.Participant > 0)
            {
                _listeners.Add(opened.Transport);
            }
        }
    }

    private void Handle(in ReceivedDatagram datagram)
    {
        var path = new NetworkPath(datagram.Source, LocalSocket: 0);
        var kind = Datagram.Classify(datagram.Payload);
        if (kind == DatagramKind.Stun && StunMessage.TryGetLocalUfrag(datagram.Payload, out var ufrag))
        {
            TakeInOpened();
            _byPath[path] = _byUfrag[Encoding.ASCII.GetString(ufrag)];
        }

        if (!_byPath.TryGetValue(path, out var transport))
        {
            return;
        }

        switch (kind)
        {
            case DatagramKind.Stun:
                _ = transport.HandleStun(Now(), path, datagram.Payload);
                break;
            case DatagramKind.Dtls:
                _ = transport.HandleDtls(Now(), path, datagram.Payload);
                break;
            case DatagramKind.Rtp when transport.TryUnprotectRtp(path, datagram.Payload, out var length):
                Forward(datagram.Payload[..length]);
                break;
            case DatagramKind.Rtp:
            case DatagramKind.Rtcp:
            case DatagramKind.Unknown:
            default:
                break;
        }

        Drain(transport);
    }

    private void Forward(ReadOnlySpan<byte> packet)
    {
        Assert.That(RtpPacketView.TryParse(packet, out var view), Is.True);
        if (_lossEvery > 0 && view.SequenceNumber % _lossEvery == 0)
        {
            return;
        }

        var header = new RtpHeader(
            view.PayloadType,
            view.Marker,
            _sequence++,
            view.Timestamp + TimestampShift,
            SlotSsrc
        );
        Span<byte> buffer = stackalloc byte[200];
        foreach (var listener in _listeners.Where(listener => listener.IsConnected))
        {
            var start = RtpPacketWriter.WriteHeader(buffer, header, csrc: 1);
            view.Payload.CopyTo(buffer[start..]);
            var length = listener.ProtectRtp(buffer, start + view.Payload.Length);
            _socket.Send(participant: 0, listener.SelectedPath!.Value.Remote, buffer[..length]);
        }
    }

    private void Drain(PeerTransport transport)
    {
        while (transport.TryDequeueTransmit(out var transmit))
        {
            _socket.Send(participant: 0, transmit.Path.Remote, transmit.Payload.Span);
        }

        while (transport.TryDequeueEvent(out _)) { }
    }
}
