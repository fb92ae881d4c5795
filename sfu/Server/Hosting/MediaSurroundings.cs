using System.Net;
using Spaces.Sfu.Server.Telemetry;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>What the media plane takes from outside: time of day, chance, and a loop for each worker.</summary>
/// <remarks>
/// The seam of the simulation. Secrets are not made from <paramref name="CreateRandom"/>, but jitter and first numbers.
/// </remarks>
/// <param name="TimeProvider">The time of day.</param>
/// <param name="CreateRandom">A new source for each owner, since they are not thread-safe.</param>
/// <param name="CreateLoop">For the worker of an index; called in rising order.</param>
/// <param name="CreateHandshakes">What computes the handshakes of all workers; called once.</param>
internal sealed record MediaSurroundings(
    TimeProvider TimeProvider,
    Func<Random> CreateRandom,
    Func<int, IDatagramLoop> CreateLoop,
    Func<IHandshakePool> CreateHandshakes
)
{
    /// <summary>A worker is busy with joins for at most a small part of its time.</summary>
    private const int WorkersPerHandshakeThread = 4;

    /// <summary>Threads and sockets.</summary>
    public static MediaSurroundings Real(SfuOptions options, TimeProvider timeProvider, ILogger logger) =>
        new(
            timeProvider,
            () => new Random(),
            worker => new UdpWorker($"media-{worker}", BindSockets(options, worker, logger)),
            () => new HandshakePool(Math.Max(1, options.Workers / WorkersPerHandshakeThread), logger)
        );

    /// <summary>One socket for each address, all on the worker's port.</summary>
    private static List<UdpSocket> BindSockets(SfuOptions options, int worker, ILogger logger)
    {
        var sockets = new List<UdpSocket>();
        try
        {
            var port = options.UdpPort == 0 ? 0 : options.UdpPort + worker;
            foreach (var address in options.BindAddresses)
            {
                var socket = UdpSocket.Bind(address, port);
                sockets.Add(socket);
                port = socket.Port;
                SfuLog.SocketBound(logger, new IPEndPoint(address, port), socket.ReceiveBufferGranted);
            }

            return sockets;
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }
}
