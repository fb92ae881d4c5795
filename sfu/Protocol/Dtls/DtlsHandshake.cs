namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>A DTLS connection between two owners: whoever has its socket, and whoever computes its handshake.</summary>
/// <remarks>
/// While it is away, only <see cref="Run"/> touches the connection, and what arrives waits here: no lock is needed,
/// only that handing over and returning are ordered, as by any queue between threads. Once connected it never goes
/// away again. Everything but <see cref="Run"/> belongs to the socket's thread.
/// </remarks>
/// <param name="connect">Makes the connection, in the first step.</param>
public sealed class DtlsHandshake(Func<Instant, DtlsConnection> connect) : IDisposable
{
    /// <summary>Three whole flights; more waits only for who floods, or on an overloaded node.</summary>
    private const int WaitingMax = 16;

    private readonly List<byte[]> _waiting = [];
    private byte[][] _given = [];
    private DtlsConnection? _connection;
    private bool _isDisposed;

    /// <summary>Whether a step is under way.</summary>
    public bool IsAway { get; private set; }

    /// <summary>The connection, or null before the first step and while one is under way.</summary>
    public DtlsConnection? Connection => IsAway ? null : _connection;

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Keeps a datagram for the next step; a repetition of one that waits already is passed over.</summary>
    public void Add(ReadOnlySpan<byte> datagram)
    {
        foreach (var known in _waiting)
        {
            if (datagram.SequenceEqual(known))
            {
                return;
            }
        }

        if (_waiting.Count < WaitingMax)
        {
            _waiting.Add(datagram.ToArray());
        }
    }

    /// <summary>Gives all that waits, and the time, to a step, unless one is under way.</summary>
    /// <param name="runner">Who computes; null: this call does.</param>
    /// <param name="now">When a step of this call's is computed.</param>
    /// <returns>Whether a step is done already: then <see cref="Return"/> is due.</returns>
    public bool Begin(IHandshakeRunner? runner, Instant now)
    {
        if (IsAway)
        {
            return false;
        }

        IsAway = true;
        _given = [.. _waiting];
        _waiting.Clear();
        if (runner is null)
        {
            Run(now);
            return true;
        }

        if (!runner.TryRun(this))
        {
            Return();
        }

        return false;
    }

    /// <summary>One step, for whom <see cref="Begin"/> chose. On the computing thread.</summary>
    /// <param name="now">When it is computed: retransmission counts from there.</param>
    public void Run(Instant now)
    {
        _connection ??= connect(now);
        foreach (var datagram in _given)
        {
            _connection.HandleDatagram(now, datagram);
        }

        _connection.HandleTimeout(now);
    }

    /// <summary>The step was done, or never begun.</summary>
    public void Return()
    {
        IsAway = false;
        _given = [];
        if (_isDisposed)
        {
            _connection?.Dispose();
        }
    }

    /// <summary>Frees the connection, as soon as nobody computes with it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        if (!IsAway)
        {
            _connection?.Dispose();
        }
    }
}
