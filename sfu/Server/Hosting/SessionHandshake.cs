using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Server.Sessions;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>Carries one session's handshake from its worker to the pool and back.</summary>
internal sealed class SessionHandshake(IHandshakePool pool, WorkerHandshakes returns) : IHandshakeRunner
{
    private DtlsHandshake? _handshake;

    /// <summary>Set before the session meets its first datagram.</summary>
    public MediaSession? Session { get; set; }

    public bool TryRun(DtlsHandshake handshake)
    {
        _handshake = handshake;
        return pool.TryRun(this);
    }

    /// <summary>For the pool: one step; afterwards the worker is told, whatever became of it.</summary>
    public void Run(Instant now)
    {
        try
        {
            _handshake!.Run(now);
        }
        finally
        {
            returns.Add(this);
        }
    }
}
