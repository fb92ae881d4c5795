using System.Diagnostics.CodeAnalysis;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Protocol.Peer;

/// <summary>ICE, DTLS and SRTP of one peer, composed: the one facade the rest uses.</summary>
/// <remarks>
/// <para>
/// Sans-IO. After every call that takes a time, drain <see cref="TryDequeueTransmit"/> and
/// <see cref="TryDequeueEvent"/>, then wait for a datagram or <see cref="NextTimeout"/>. Not thread-safe: one worker
/// owns the transport.
/// </para>
/// <para>
/// Nothing but an authenticated check ever teaches it an address (RFC 8445 §7.3), and there is no DTLS state before the
/// first. The four protect and unprotect methods are the hot path: no allocation, no exception on any input.
/// </para>
/// </remarks>
public sealed class PeerTransport : IDisposable
{
    /// <summary>
    /// For the first authenticated check; signalling and gathering are over by then in any real client.
    /// </summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    private readonly PeerTransportOptions _options;
    private readonly IIceAgent _ice;
    private readonly Queue<Transmit> _transmits = new();
    private readonly Queue<PeerEvent> _events = new();
    private readonly Instant _connectDeadline;

    private DtlsHandshake? _handshake;
    private DtlsState _dtlsState;
    private NetworkPath? _dtlsPath;
    private SrtpContext? _inbound;
    private SrtpContext? _outbound;
    private bool _wasSelected;
    private bool _isOver;

    /// <param name="options">What signalling agreed.</param>
    /// <param name="now">When the deadline for the first check begins, and a client's first check goes out.</param>
    /// <exception cref="ArgumentException">A client without server path or random source.</exception>
    public PeerTransport(PeerTransportOptions options, Instant now)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _connectDeadline = now + ConnectTimeout;
        _ice = CreateAgent(options, now);
    }

    /// <summary>Where media goes, or null while nothing may be sent.</summary>
    public NetworkPath? SelectedPath => _isOver ? null : _ice.SelectedPath;

    /// <summary>Whether SRTP keys are installed and the peer consents to be sent to.</summary>
    [MemberNotNullWhen(true, nameof(_outbound))]
    public bool IsConnected => _outbound is not null && SelectedPath is not null;

    /// <summary>When to call <see cref="HandleTimeout"/> next, or null for "only on a datagram".</summary>
    public Instant? NextTimeout
    {
        get
        {
            if (_isOver)
            {
                return null;
            }

            var deadline = _wasSelected ? (Instant?)null : _connectDeadline;
            return Earliest(Earliest(_ice.NextTimeout, _handshake?.Connection?.NextTimeout), deadline);
        }
    }

    /// <returns>False when it is no authenticated check of this session; it changed nothing then.</returns>
    public bool HandleStun(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        if (_isOver || !_ice.HandleDatagram(now, path, datagram))
        {
            return false;
        }

        DrainIce();
        BeginClientHandshake(now);
        return true;
    }

    /// <returns>
    /// False when the path is not ICE-authenticated or, before the handshake is done, known only by what may have been
    /// a replay; it changed nothing then.
    /// </returns>
    public bool HandleDtls(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        var isHandshaking = _dtlsState == DtlsState.Handshaking;
        if (_isOver || !(isHandshaking ? _ice.IsProven(path) : _ice.IsAuthenticated(path)))
        {
            return false;
        }

        if (!isHandshaking)
        {
            _handshake!.Connection!.HandleDatagram(now, datagram);
            DrainDtls();
            return true;
        }

        // Answers go where the handshake comes from: browsers begin it before they nominate.
        _dtlsPath = path;
        _handshake ??= CreateHandshake();
        _handshake.Add(datagram);
        RunHandshake(now);
        return true;
    }

    /// <summary>The runner of <see cref="PeerTransportOptions.Handshakes"/> has done a step.</summary>
    public void HandleHandshake(Instant now)
    {
        _handshake!.Return();
        if (_isOver)
        {
            return;
        }

        DrainDtls();
        if (_handshake.HasWaiting && _dtlsState == DtlsState.Handshaking)
        {
            RunHandshake(now);
        }
    }

    /// <summary>Decrypts in place. Hot path.</summary>
    /// <param name="path">Where the packet came from.</param>
    /// <param name="packet">The datagram.</param>
    /// <param name="length">Of the packet without tag.</param>
    /// <returns>False for anything that may not be believed: wrong path, no keys yet, bad tag, replay.</returns>
    public bool TryUnprotectRtp(NetworkPath path, Span<byte> packet, out int length)
    {
        length = 0;
        if (_inbound is null || _isOver || !_ice.IsAuthenticated(path) || !_inbound.TryUnprotectRtp(packet, out length))
        {
            return false;
        }

        NoteProof(path);
        return true;
    }

    /// <inheritdoc cref="TryUnprotectRtp"/>
    public bool TryUnprotectRtcp(NetworkPath path, Span<byte> packet, out int length)
    {
        length = 0;
        if (
            _inbound is null
            || _isOver
            || !_ice.IsAuthenticated(path)
            || !_inbound.TryUnprotectRtcp(packet, out length)
        )
        {
            return false;
        }

        NoteProof(path);
        return true;
    }

    /// <summary>Encrypts in place. Only while <see cref="IsConnected"/>. Hot path.</summary>
    /// <param name="buffer">The packet, with <see cref="SrtpContext.OverheadMax"/> bytes of room behind it.</param>
    /// <param name="length">Of the packet.</param>
    /// <returns>The length with the tag.</returns>
    /// <exception cref="InvalidOperationException">There are no keys, or no consent to send.</exception>
    public int ProtectRtp(Span<byte> buffer, int length) =>
        IsConnected ? _outbound.ProtectRtp(buffer, length) : throw NotConnected();

    /// <inheritdoc cref="SrtpContext.ReprotectRtp"/>
    public int ReprotectRtp(Span<byte> buffer, int length) => IsConnected ? _outbound.ReprotectRtp(buffer, length) : 0;

    /// <inheritdoc cref="ProtectRtp"/>
    public int ProtectRtcp(Span<byte> buffer, int length) =>
        IsConnected ? _outbound.ProtectRtcp(buffer, length) : throw NotConnected();

    public void HandleTimeout(Instant now)
    {
        if (_isOver)
        {
            return;
        }

        _ice.HandleTimeout(now);
        DrainIce();
        if (_handshake?.Connection?.NextTimeout <= now)
        {
            RunHandshake(now);
        }

        if (!_isOver && !_wasSelected && now >= _connectDeadline)
        {
            End(new PeerEvent.HandshakeFailed($"The peer nominated no path within {ConnectTimeout.TotalSeconds:0} s."));
        }
    }

    /// <summary>New ICE credentials (RFC 8445 §9); DTLS and SRTP go on.</summary>
    /// <remarks>
    /// Media stays on the old path, and the old credentials stay good, until the first check with the new ones. Keep
    /// finding the session by the old ufrag too for as long as it lives.
    /// </remarks>
    public void RestartIce(Instant now, IceCredentials local, IceCredentials remote)
    {
        if (!_isOver)
        {
            _ice.Restart(now, local, remote);
        }
    }

    /// <summary>For a client: goes on from another socket or to another address of the server.</summary>
    /// <exception cref="InvalidOperationException">A server's transport follows its peer; it moves nowhere by
    /// itself.</exception>
    public void MoveTo(Instant now, NetworkPath path)
    {
        if (_ice is not IceClient client)
        {
            throw new InvalidOperationException("Only a client's transport chooses its path.");
        }

        client.MoveTo(now, path);
    }

    /// <summary>Says goodbye: queues close_notify. Drain the transmits once more, then dispose.</summary>
    public void Close()
    {
        if (_handshake?.Connection is { } dtls && !_isOver)
        {
            dtls.Close();
            TransmitDtls(dtls);
        }

        _isOver = true;
    }

    public bool TryDequeueTransmit(out Transmit transmit) => _transmits.TryDequeue(out transmit);

    public bool TryDequeueEvent([NotNullWhen(true)] out PeerEvent? peerEvent) => _events.TryDequeue(out peerEvent);

    public void Dispose()
    {
        _isOver = true;
        _handshake?.Dispose();
        _inbound?.Dispose();
        _outbound?.Dispose();
    }

    private static IIceAgent CreateAgent(PeerTransportOptions options, Instant now)
    {
        if (options.Role == PeerRole.Server)
        {
            return new IceLiteAgent(options.LocalIce);
        }

        return options is { ServerPath: { } path, Random: { } random }
            ? new IceClient(options.LocalIce, options.RemoteIce, path, now, random)
            : throw new ArgumentException("A client needs the server's path and a random source.", nameof(options));
    }

    private static Instant? Earliest(Instant? left, Instant? right) =>
        left is null || right < left ? right ?? left : left;

    private static InvalidOperationException NotConnected() =>
        new("Nothing may be sent to a peer without keys and consent; look at IsConnected first.");

    private DtlsHandshake CreateHandshake() =>
        new(now => new DtlsConnection(
            _options.Role == PeerRole.Server ? DtlsRole.Server : DtlsRole.Client,
            _options.Certificate,
            _options.RemoteFingerprints,
            _options.Profiles,
            now
        ));

    private void RunHandshake(Instant now)
    {
        if (_handshake!.Begin(_options.Handshakes, now))
        {
            HandleHandshake(now);
        }
    }

    private void NoteProof(NetworkPath path)
    {
        if (path != _ice.SelectedPath)
        {
            _ice.HandleProof(path);
            DrainIce();
        }
    }

    private void DrainIce()
    {
        while (_ice.TryDequeueTransmit(out var transmit))
        {
            _transmits.Enqueue(transmit);
        }

        while (_ice.TryDequeueEvent(out var iceEvent))
        {
            switch (iceEvent)
            {
                case IceEvent.Selected selected:
                    _wasSelected = true;
                    _events.Enqueue(new PeerEvent.PathChanged(selected.Path));
                    break;
                case IceEvent.ConsentExpired:
                    // No end: an ICE restart may bring it back, if the session's owner lets it live.
                    _events.Enqueue(new PeerEvent.ConsentExpired());
                    break;
                default:
                    throw new InvalidOperationException($"Unknown ICE event {iceEvent}.");
            }
        }
    }

    private void BeginClientHandshake(Instant now)
    {
        if (_options.Role == PeerRole.Client && _handshake is null && _ice.SelectedPath is not null)
        {
            _handshake = CreateHandshake();
            RunHandshake(now);
        }
    }

    private void DrainDtls()
    {
        if (_handshake?.Connection is not { } dtls)
        {
            return;
        }

        TransmitDtls(dtls);
        if (dtls.State == _dtlsState)
        {
            return;
        }

        _dtlsState = dtls.State;
        switch (_dtlsState)
        {
            case DtlsState.Connected:
                InstallKeys(dtls.Keys!);
                break;
            case DtlsState.Failed:
                End(new PeerEvent.HandshakeFailed(dtls.FailureReason!));
                break;
            case DtlsState.Closed:
                End(new PeerEvent.Closed());
                break;
            case DtlsState.Handshaking:
            default:
                throw new InvalidOperationException($"A DTLS connection cannot become {_dtlsState}.");
        }
    }

    private void InstallKeys(SrtpKeyingMaterial keys)
    {
        using (keys)
        {
            _inbound = keys.CreateInbound();
            _outbound = keys.CreateOutbound();
        }

        _events.Enqueue(new PeerEvent.Connected(keys.Profile));
    }

    private void End(PeerEvent lastEvent)
    {
        _isOver = true;
        _events.Enqueue(lastEvent);
    }

    /// <summary>Without consent nothing is sent, a goodbye included (RFC 7675 §5.1).</summary>
    private void TransmitDtls(DtlsConnection dtls)
    {
        while (dtls.TryDequeueDatagram(out var datagram))
        {
            if (DtlsDestination() is { } path)
            {
                _transmits.Enqueue(new Transmit(path, datagram));
            }
        }
    }

    /// <summary>A handshake is answered where it comes from, else DTLS goes where media does.</summary>
    private NetworkPath? DtlsDestination()
    {
        var source = _dtlsPath is { } path && _ice.IsAuthenticated(path) ? _dtlsPath : null;
        return _dtlsState == DtlsState.Handshaking ? source ?? _ice.SelectedPath : _ice.SelectedPath ?? source;
    }
}
