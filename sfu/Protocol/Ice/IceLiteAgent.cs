using System.Diagnostics.CodeAnalysis;
using System.Text;
using Spaces.Sfu.Protocol.Stun;

namespace Spaces.Sfu.Protocol.Ice;

/// <summary>
/// The server's side of ICE for one peer: a lite agent (RFC 8445 §2.5), which answers connectivity checks and never
/// sends any, so it never sends anything to an address that it was merely told of.
/// </summary>
/// <remarks>
/// <para>
/// A check without valid MESSAGE-INTEGRITY changes nothing and gets no answer: there is nothing to reflect or to guess
/// by. A path over which one valid check came is authenticated: DTLS and SRTP are accepted from it at once, before any
/// nomination, since browsers begin their handshake then. Not so a handshake where the check may be a replay: whoever
/// captured it could else break the handshake of its owner (CVE-2023-49786 and its kind).
/// </para>
/// <para>
/// The path that media is sent to moves on an authenticated USE-CANDIDATE, the newest winning, or when the selected
/// path fell silent. Whoever can capture a check can send it again from elsewhere, so a check counts for a move only if
/// its transaction was never seen before; else the path waits until DTLS or SRTP that the peer alone can have made
/// comes from it (<see cref="HandleProof"/>). Moves are limited to five in ten seconds.
/// </para>
/// <para>Not thread-safe: one worker owns the agent.</para>
/// </remarks>
public sealed class IceLiteAgent(IceCredentials local) : IIceAgent
{
    private const int MovesMax = 5;

    /// <summary>A success with an IPv6 address: 20 header, 24 address, 24 integrity, 8 fingerprint.</summary>
    private const int AnswerLengthMax = 96;

    private static readonly TimeSpan MoveWindow = TimeSpan.FromSeconds(10);

    private readonly Queue<Transmit> _transmits = new();
    private readonly Queue<IceEvent> _events = new();
    private readonly IcePaths _paths = new();
    private SeenTransactions _seen = new();

    private LocalSecret _current = new(local);
    private LocalSecret? _previous;
    private NetworkPath? _awaitingProof;
    private Instant _awaitingProofSince;
    private Instant _moveWindowStart;
    private int _moves;
    private bool _expired;

    public NetworkPath? SelectedPath { get; private set; }

    public Instant? NextTimeout
    {
        get
        {
            if (SelectedPath is not { } selected)
            {
                return null;
            }

            var lastCheck = _paths.LastCheck(selected);
            var hasAlternative = _paths.Freshest(lastCheck) is not null;
            return lastCheck + (hasAlternative ? IceConsent.SilenceTimeout : IceConsent.Timeout);
        }
    }

    public bool IsAuthenticated(NetworkPath path) => _paths.Contains(path);

    public bool IsProven(NetworkPath path) => _paths.IsProven(path);

    public bool HandleDatagram(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        if (
            _expired
            || !StunMessage.TryParse(datagram, out var check)
            || check.Type != StunMessageType.BindingRequest
            || !TryAuthenticate(check, out var password)
        )
        {
            return false;
        }

        var unknown = check.FirstUnknownAttribute();
        if (unknown != StunAttribute.None)
        {
            Refuse(check, path, password, StunErrorCode.UnknownAttribute, unknown);
            return true;
        }

        if (check.IsControlled)
        {
            // A lite agent is always the controlled one (RFC 8445 §6.1.1): the peer has to change its mind.
            Refuse(check, path, password, StunErrorCode.RoleConflict, StunAttribute.None);
            return true;
        }

        var isFresh = _seen.TryAdd(check.TransactionId);
        _paths.Refresh(path, now, isFresh, SelectedPath);
        Accept(check, path, password);
        if (check.UseCandidate && path != SelectedPath)
        {
            Nominate(now, path, isFresh);
        }

        HandleTimeout(now);
        return true;
    }

    public void HandleProof(NetworkPath path)
    {
        if (_awaitingProof == path && _paths.Contains(path))
        {
            Nominate(_awaitingProofSince, path, isFresh: true);
        }
    }

    public void HandleTimeout(Instant now)
    {
        _paths.RemoveStale(now - IceConsent.Timeout);
        if (SelectedPath is not { } selected)
        {
            return;
        }

        var silentSince = now - IceConsent.SilenceTimeout;
        var isGone = !_paths.Contains(selected);
        if (!isGone && _paths.LastCheck(selected) > silentSince)
        {
            return;
        }

        if (_paths.Freshest(silentSince) is { } alternative)
        {
            Select(alternative);
        }
        else if (isGone)
        {
            SelectedPath = null;
            _expired = true;
            _events.Enqueue(new IceEvent.ConsentExpired());
        }
    }

    /// <summary>
    /// The old credentials are good until the first check with the new ones; the peer has no use for both.
    /// </summary>
    public void Restart(Instant now, IceCredentials local, IceCredentials remote)
    {
        _previous = _current;
        _current = new LocalSecret(local);
        _expired = false;
        _awaitingProof = null;
    }

    public bool TryDequeueTransmit(out Transmit transmit) => _transmits.TryDequeue(out transmit);

    public bool TryDequeueEvent([NotNullWhen(true)] out IceEvent? iceEvent) => _events.TryDequeue(out iceEvent);

    private bool TryAuthenticate(in StunMessage check, [NotNullWhen(true)] out byte[]? password)
    {
        password = null;
        if (!check.TryGetLocalUfrag(out var ufrag))
        {
            return false;
        }

        if (_current.Proves(check, ufrag))
        {
            password = _current.Password;
            if (_previous is not null)
            {
                // What was captured under the old credentials is worthless from here on.
                (_previous, _seen) = (null, new SeenTransactions());
            }
        }
        else if (_previous is not null && _previous.Proves(check, ufrag))
        {
            password = _previous.Password;
        }

        return password is not null;
    }

    private void Nominate(Instant now, NetworkPath path, bool isFresh)
    {
        if (!isFresh)
        {
            (_awaitingProof, _awaitingProofSince) = (path, now);
            return;
        }

        if (now - _moveWindowStart >= MoveWindow)
        {
            (_moveWindowStart, _moves) = (now, 0);
        }

        if (_moves < MovesMax)
        {
            _moves++;
            Select(path);
        }
    }

    private void Select(NetworkPath path)
    {
        SelectedPath = path;
        _awaitingProof = null;
        _events.Enqueue(new IceEvent.Selected(path));
    }

    private void Accept(in StunMessage check, NetworkPath path, byte[] password)
    {
        var answer = new byte[AnswerLengthMax];
        var writer = new StunMessageWriter(answer, StunMessageType.BindingSuccess, check.TransactionId);
        writer.AddXorMappedAddress(path.Remote);
        writer.AddIntegrity(password);
        writer.AddFingerprint();
        _transmits.Enqueue(new Transmit(path, answer.AsMemory(0, writer.Length)));
    }

    private void Refuse(
        in StunMessage check,
        NetworkPath path,
        byte[] password,
        StunErrorCode code,
        StunAttribute unknown
    )
    {
        var answer = new byte[AnswerLengthMax];
        var writer = new StunMessageWriter(answer, StunMessageType.BindingError, check.TransactionId);
        writer.AddError(code);
        if (unknown != StunAttribute.None)
        {
            writer.Add(StunAttribute.UnknownAttributes, [(byte)((ushort)unknown >> 8), (byte)unknown]);
        }

        writer.AddIntegrity(password);
        writer.AddFingerprint();
        _transmits.Enqueue(new Transmit(path, answer.AsMemory(0, writer.Length)));
    }

    /// <summary>Credentials as the bytes that checks are compared with.</summary>
    private sealed class LocalSecret(IceCredentials credentials)
    {
        private readonly byte[] _ufrag = Encoding.ASCII.GetBytes(credentials.Ufrag);

        public byte[] Password { get; } = Encoding.ASCII.GetBytes(credentials.Password);

        public bool Proves(in StunMessage check, ReadOnlySpan<byte> ufrag) =>
            ufrag.SequenceEqual(_ufrag) && check.HasValidIntegrity(Password);
    }
}
