using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>
/// One DTLS 1.2 association that agrees on SRTP keys (RFC 6347, RFC 5764): datagrams in, datagrams out, next deadline.
/// </summary>
/// <remarks>
/// <para>
/// Feed it only what comes from an ICE-authenticated address; that is why there is no cookie exchange. The peer's
/// certificate is compared with the announced fingerprints inside the handshake, and there are no keys without a match.
/// </para>
/// <para>
/// Records go into OpenSSL one by one, and only sound ones: unauthenticated alerts, records of a future epoch and
/// oversized fragments would make it give up or hoard. What breaks a handshake without proof of who sent it makes the
/// server wait for the next ClientHello, a few times; only the deadline or a wrong certificate ends it. Once connected,
/// only authenticated records can change anything.
/// </para>
/// <para>
/// OpenSSL's retransmission timer reads the machine's clock, which sans-IO code must not. So it is set to never fire,
/// and the last flight is kept here and sent again as it was: to the receiver that looks like the network's own delay
/// or duplicate, and its replay window sorts it out (RFC 6347 §4.1.2.6). After 100 ms, then 200 ms, and so on by 100 ms
/// each: doubling waits too long where every third datagram is lost.
/// </para>
/// <para>Not thread-safe: one worker owns the connection.</para>
/// </remarks>
public sealed class DtlsConnection : IDisposable
{
    /// <summary>In bytes of UDP payload; fits the IPv6 minimum with room for tunnels.</summary>
    public const int DatagramLengthMax = 1200;

    /// <summary>In bytes. The largest there is, a certificate or a hybrid ClientHello, has about 2 KiB.</summary>
    private const int MessageLengthMax = 6 * 1024;

    /// <summary>A handshake has five messages a side.</summary>
    private const int MessageSequenceMax = 9;

    /// <summary>A handshake needs about five, and as many again for every retransmission.</summary>
    private const int InputDatagramsMax = 256;

    private const int RestartsMax = 3;
    private const int FlightRepeatsMax = 10;

    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetransmitDelayStep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FlightPause = TimeSpan.FromMilliseconds(50);

    private readonly DtlsRole _role;
    private readonly DtlsCertificate _certificate;
    private readonly IReadOnlyList<CertificateFingerprint> _remoteFingerprints;
    private readonly IReadOnlyList<SrtpProfile> _profiles;
    private readonly Queue<ReadOnlyMemory<byte>> _datagrams = new();
    private readonly Instant _deadline;

    private DtlsSession _session;
    private ReadOnlyMemory<byte>[] _flight = [];
    private byte[]? _earlyChange;
    private byte[]? _earlyFinished;
    private Instant _nextRetransmit;
    private TimeSpan _retransmitDelay;
    private Instant _lastSent;
    private int _flightRepeats;
    private int _seenSequence = -1;
    private int _answeredSequence = -1;
    private int _inputDatagrams;
    private int _restarts;
    private bool _certificateMatched;
    private bool _certificateRefused;
    private int _lastAlert;
    private bool _disposed;

    /// <summary>A client's first flight is ready to be dequeued at once.</summary>
    public DtlsConnection(
        DtlsRole role,
        DtlsCertificate certificate,
        IReadOnlyList<CertificateFingerprint> remoteFingerprints,
        IReadOnlyList<SrtpProfile> profiles,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(certificate);
        _role = role;
        _certificate = certificate;
        _remoteFingerprints = remoteFingerprints;
        _profiles = profiles;
        _deadline = now + HandshakeTimeout;
        _session = NewSession();
        if (role == DtlsRole.Client)
        {
            Advance(now, []);
        }
    }

    public DtlsState State { get; private set; } = DtlsState.Handshaking;

    /// <summary>There once connected. The caller makes its SRTP contexts from it and disposes it.</summary>
    public SrtpKeyingMaterial? Keys { get; private set; }

    /// <summary>Why there are no keys, as a sentence for the operator's log; null unless failed.</summary>
    public string? FailureReason { get; private set; }

    public Instant? NextTimeout =>
        State != DtlsState.Handshaking ? null
        : _flight.Length > 0 && _nextRetransmit < _deadline ? _nextRetransmit
        : _deadline;

    public void HandleDatagram(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (State == DtlsState.Handshaking && ++_inputDatagrams > InputDatagramsMax)
        {
            return;
        }

        while (!_disposed && DtlsRecord.TryRead(ref datagram, out var record))
        {
            if (!record.IsLongEnough)
            {
                continue;
            }

            if (State == DtlsState.Handshaking)
            {
                HandleHandshakeRecord(now, record);
            }
            else if (State == DtlsState.Connected)
            {
                HandleLateRecord(now, record);
            }
        }
    }

    public void HandleTimeout(Instant now)
    {
        if (State != DtlsState.Handshaking)
        {
            return;
        }

        if (now >= _deadline)
        {
            var alert = _lastAlert == 0 ? "" : $" An unauthenticated alert {_lastAlert & 0xFF} came meanwhile.";
            Fail($"The DTLS handshake was not done within {HandshakeTimeout.TotalSeconds:0} s.{alert}");
        }
        else if (_flight.Length > 0 && now >= _nextRetransmit)
        {
            _lastSent = now;
            Send(_flight);
            _retransmitDelay += RetransmitDelayStep;
            _nextRetransmit = now + _retransmitDelay;
        }
    }

    /// <summary>Queues close_notify, so that the peer need not wait for its consent to run out.</summary>
    public void Close()
    {
        if (State == DtlsState.Connected)
        {
            _session.Shutdown();
            Send(Split(_session.TakeOutput()));
            State = DtlsState.Closed;
        }
    }

    public bool TryDequeueDatagram(out ReadOnlyMemory<byte> datagram) => _datagrams.TryDequeue(out datagram);

    public void Dispose()
    {
        _disposed = true;
        _session.Dispose();
        Keys?.Dispose();
    }

    /// <summary>Called by OpenSSL with the peer's certificate in DER, before it goes on with the handshake.</summary>
    internal bool AcceptCertificate(ReadOnlySpan<byte> certificate)
    {
        _certificateMatched = false;
        foreach (var fingerprint in _remoteFingerprints)
        {
            _certificateMatched |= fingerprint.Matches(certificate);
        }

        _certificateRefused = !_certificateMatched;
        return _certificateMatched;
    }

    private DtlsSession NewSession() => new(this, _role, _certificate, _profiles, DatagramLengthMax);

    private void HandleHandshakeRecord(Instant now, DtlsRecord record)
    {
        switch (record.Epoch, record.Type)
        {
            case (0, DtlsRecord.Handshake) when record.IsSoundHandshake(MessageLengthMax, MessageSequenceMax):
                HandleHandshakeMessage(now, record);
                break;
            case (0, DtlsRecord.ChangeCipherSpec) when record.Fragment.Length == 1:
                _earlyChange = record.Bytes.ToArray();
                FeedEarlyRecords(now);
                break;
            case (0, DtlsRecord.Alert) when record.Fragment.Length == 2:
                _lastAlert = (record.Fragment[0] << 8) | record.Fragment[1];
                break;
            case (1, DtlsRecord.Handshake) when _session.ExpectsFinished:
                Advance(now, record.Bytes);
                break;
            case (1, DtlsRecord.Handshake):
                _earlyFinished = record.Bytes.ToArray();
                break;
            default:
                break;
        }
    }

    private void HandleHandshakeMessage(Instant now, DtlsRecord record)
    {
        if (record.MessageSequence <= _answeredSequence)
        {
            // What the last flight answered comes again, so that flight was lost (RFC 6347 §4.2.4).
            RepeatFlight(now);
            return;
        }

        _seenSequence = Math.Max(_seenSequence, record.MessageSequence);
        Advance(now, record.Bytes);
        FeedEarlyRecords(now);
    }

    /// <summary>
    /// A ChangeCipherSpec or Finished that overtook the rest waits here, one each: OpenSSL would lose the first and
    /// hoard the second.
    /// </summary>
    private void FeedEarlyRecords(Instant now)
    {
        if (_earlyChange is { } change && State == DtlsState.Handshaking && _session.ExpectsChange)
        {
            _earlyChange = null;
            Advance(now, change);
        }

        if (_earlyFinished is { } finished && State == DtlsState.Handshaking && _session.ExpectsFinished)
        {
            _earlyFinished = null;
            Advance(now, finished);
        }
    }

    private void HandleLateRecord(Instant now, DtlsRecord record)
    {
        switch (record.Epoch, record.Type)
        {
            case (1, DtlsRecord.Alert or DtlsRecord.ApplicationData):
                if (_session.ReadUntilClosed(record.Bytes))
                {
                    State = DtlsState.Closed;
                }

                break;
            case (1, DtlsRecord.Handshake) when _role == DtlsRole.Server:
                // The client repeats its Finished, so ours was lost.
                RepeatFlight(now);
                break;
            default:
                break;
        }
    }

    /// <summary>Sends the last flight again because the peer repeats its own; not for every datagram of that.</summary>
    private void RepeatFlight(Instant now)
    {
        if (_flightRepeats < FlightRepeatsMax && now - _lastSent >= FlightPause)
        {
            _flightRepeats++;
            _lastSent = now;
            Send(_flight);
        }
    }

    private void Advance(Instant now, ReadOnlySpan<byte> record)
    {
        var progress = _session.Handshake(record, out var error);
        var output = Split(_session.TakeOutput());
        switch (progress)
        {
            case DtlsProgress.Done:
                Finish(now, output);
                break;
            case DtlsProgress.Waiting:
                BeginFlight(now, output);
                break;
            case DtlsProgress.Closed or DtlsProgress.Failed:
                Recover(output, error);
                break;
            default:
                throw new InvalidOperationException($"Unknown progress {progress}.");
        }
    }

    private void BeginFlight(Instant now, ReadOnlyMemory<byte>[] output)
    {
        if (output.Length > 0)
        {
            _flight = output;
            _flightRepeats = 0;
            _answeredSequence = _seenSequence;
            _lastSent = now;
            _retransmitDelay = RetransmitDelayStep;
            _nextRetransmit = now + _retransmitDelay;
            Send(output);
        }
    }

    private void Finish(Instant now, ReadOnlyMemory<byte>[] output)
    {
        Keys = _certificateMatched ? _session.ExportKeys() : null;
        if (Keys is null)
        {
            Fail("The peer agreed to no SRTP profile that this node offers (use_srtp, RFC 5764).");
            return;
        }

        State = DtlsState.Connected;
        BeginFlight(now, output);
    }

    /// <summary>Nobody knows who sent what broke it, unless it was the certificate.</summary>
    private void Recover(ReadOnlyMemory<byte>[] alert, string error)
    {
        if (_certificateRefused)
        {
            Send(alert);
            Fail("The peer's certificate is not the one its SDP announced (a=fingerprint, RFC 5763 section 5).");
        }
        else if (_role == DtlsRole.Server && _restarts < RestartsMax)
        {
            _restarts++;
            _session.Dispose();
            _session = NewSession();
            _flight = [];
            _earlyChange = _earlyFinished = null;
            _seenSequence = _answeredSequence = -1;
        }
        else
        {
            Send(alert);
            Fail($"The DTLS handshake failed: {error}.");
        }
    }

    private void Fail(string reason)
    {
        State = DtlsState.Failed;
        FailureReason = reason;
        _flight = [];
    }

    private void Send(ReadOnlyMemory<byte>[] datagrams)
    {
        foreach (var datagram in datagrams)
        {
            _datagrams.Enqueue(datagram);
        }
    }

    /// <summary>Cuts what OpenSSL wrote in a row into datagrams of whole records.</summary>
    private static ReadOnlyMemory<byte>[] Split(byte[] output)
    {
        var datagrams = new List<ReadOnlyMemory<byte>>();
        ReadOnlySpan<byte> rest = output;
        var start = 0;
        var end = 0;
        while (DtlsRecord.TryRead(ref rest, out var record))
        {
            if (end - start + record.Bytes.Length > DatagramLengthMax && end > start)
            {
                datagrams.Add(output.AsMemory(start..end));
                start = end;
            }

            end += record.Bytes.Length;
        }

        if (end > start)
        {
            datagrams.Add(output.AsMemory(start..end));
        }

        return [.. datagrams];
    }
}
