using System.Diagnostics.CodeAnalysis;
using System.Text;
using Spaces.Sfu.Protocol.Stun;

namespace Spaces.Sfu.Protocol.Ice;

/// <summary>
/// A client's side of ICE towards one lite server whose address it knows: the controlling agent of one candidate pair
/// (RFC 8445 §7.2, §8.1.1).
/// </summary>
/// <remarks>
/// Sends checks with USE-CANDIDATE, at first every 50 ms doubling to 500 ms, and once answered at the rhythm of consent
/// (RFC 7675 §5.1). Costs a few hundred bytes, so that a load generator can have thousands. <see cref="MoveTo"/> plays
/// a change of network. Not thread-safe.
/// </remarks>
/// <param name="local">Ours; only the ufrag is on the wire.</param>
/// <param name="remote">The server's, from its answer.</param>
/// <param name="path">The server's address and our socket.</param>
/// <param name="start">When the first check goes out.</param>
/// <param name="random">Transaction ids, tie-breaker and jitter.</param>
public sealed class IceClient(
    IceCredentials local,
    IceCredentials remote,
    NetworkPath path,
    Instant start,
    Random random
) : IIceAgent
{
    /// <summary>Type preference 126 of a host candidate, component 1 (RFC 8445 §5.1.2.1).</summary>
    private const uint HostPriority = (126u << 24) | (65535u << 8) | 255;

    /// <summary>An answer to an older check than these is too late to count.</summary>
    private const int PendingMax = 8;

    private const int CheckLengthMax = 640;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMilliseconds(500);

    private readonly Queue<Transmit> _transmits = new();
    private readonly Queue<IceEvent> _events = new();
    private readonly byte[] _pending = new byte[PendingMax * StunMessage.TransactionIdLength];
    private readonly ulong _tieBreaker = (ulong)random.NextInt64();

    private byte[] _username = Username(local, remote);
    private byte[] _password = Encoding.ASCII.GetBytes(remote.Password);
    private NetworkPath _path = path;
    private Instant _nextCheck = start;
    private TimeSpan _retry = FirstRetry;
    private Instant _lastAnswer;
    private int _sent;
    private bool _isAnswered;
    private bool _expired;

    public NetworkPath? SelectedPath { get; private set; }

    public Instant? NextTimeout
    {
        get
        {
            if (_expired)
            {
                return null;
            }

            var consentEnd = _lastAnswer + IceConsent.Timeout;
            return SelectedPath is not null && consentEnd < _nextCheck ? consentEnd : _nextCheck;
        }
    }

    public bool IsAuthenticated(NetworkPath path) => SelectedPath == path;

    public bool IsProven(NetworkPath path) => IsAuthenticated(path);

    public bool HandleDatagram(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        if (
            _expired
            || path != _path
            || !StunMessage.TryParse(datagram, out var answer)
            || answer.Type != StunMessageType.BindingSuccess
            || !IsPending(answer.TransactionId)
            || !answer.HasValidIntegrity(_password)
        )
        {
            return false;
        }

        _lastAnswer = now;
        if (!_isAnswered)
        {
            _isAnswered = true;
            _nextCheck = now + NextInterval();
        }

        if (SelectedPath != path)
        {
            SelectedPath = path;
            _events.Enqueue(new IceEvent.Selected(path));
        }

        return true;
    }

    public void HandleTimeout(Instant now)
    {
        if (SelectedPath is not null && now - _lastAnswer >= IceConsent.Timeout)
        {
            SelectedPath = null;
            _expired = true;
            _events.Enqueue(new IceEvent.ConsentExpired());
        }

        if (!_expired && now >= _nextCheck)
        {
            SendCheck();
            _nextCheck = now + NextInterval();
        }
    }

    /// <summary>Needs none: a server that answers with the transaction's id is on the path.</summary>
    public void HandleProof(NetworkPath path) { }

    public void Restart(Instant now, IceCredentials local, IceCredentials remote)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(remote);
        _username = Username(local, remote);
        _password = Encoding.ASCII.GetBytes(remote.Password);
        _expired = false;
        CheckAnew(now);
    }

    /// <summary>Goes on from another socket or to another address of the server, nominating the new path.</summary>
    public void MoveTo(Instant now, NetworkPath path)
    {
        _path = path;
        CheckAnew(now);
    }

    public bool TryDequeueTransmit(out Transmit transmit) => _transmits.TryDequeue(out transmit);

    public bool TryDequeueEvent([NotNullWhen(true)] out IceEvent? iceEvent) => _events.TryDequeue(out iceEvent);

    private static byte[] Username(IceCredentials local, IceCredentials remote) =>
        Encoding.ASCII.GetBytes($"{remote.Ufrag}:{local.Ufrag}");

    private void CheckAnew(Instant now)
    {
        _isAnswered = false;
        _retry = FirstRetry;
        _nextCheck = now;
    }

    private TimeSpan NextInterval()
    {
        if (_isAnswered)
        {
            return IceConsent.CheckInterval * (0.8 + (0.4 * random.NextDouble()));
        }

        var interval = _retry;
        _retry = _retry * 2 < LastRetry ? _retry * 2 : LastRetry;
        return interval;
    }

    private void SendCheck()
    {
        var slot = PendingSlot(_sent++ % PendingMax);
        random.NextBytes(slot);
        var check = new byte[CheckLengthMax];
        var writer = new StunMessageWriter(check, StunMessageType.BindingRequest, slot);
        writer.Add(StunAttribute.Username, _username);
        writer.Add(StunAttribute.IceControlling, _tieBreaker);
        writer.Add(StunAttribute.UseCandidate, []);
        writer.Add(StunAttribute.Priority, HostPriority);
        writer.AddIntegrity(_password);
        writer.AddFingerprint();
        _transmits.Enqueue(new Transmit(_path, check.AsMemory(0, writer.Length)));
    }

    private bool IsPending(ReadOnlySpan<byte> transactionId)
    {
        for (var i = 0; i < Math.Min(_sent, PendingMax); i++)
        {
            if (PendingSlot(i).SequenceEqual(transactionId))
            {
                return true;
            }
        }

        return false;
    }

    private Span<byte> PendingSlot(int index) =>
        _pending.AsSpan(index * StunMessage.TransactionIdLength, StunMessage.TransactionIdLength);
}
