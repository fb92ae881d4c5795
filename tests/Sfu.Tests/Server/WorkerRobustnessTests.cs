using System.Net;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Sessions;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Tests.Server;

/// <summary>What goes wrong once must not go wrong for ever.</summary>
[TestFixture]
internal sealed class WorkerRobustnessTests
{
    [Test]
    public async Task A_worker_that_once_had_too_many_commands_takes_new_ones_when_it_has_caught_up()
    {
        var commands = new WorkerCommands(() => { });
        var done = 0;
        Refuse(commands, WorkerCommands.PendingMax * 2);
        commands.Run();
        commands.Complete();

        var task = commands.InvokeAsync(() => done++);
        commands.Run();
        commands.Complete();
        await task;

        Assert.That(done, Is.EqualTo(1));
    }

    [Test]
    public void A_frame_that_cannot_be_read_is_met_once()
    {
        using var ring = new PacketRing(2);
        var rings = new WorkerRings([ring], [null]);
        var rooms = new WorkerRooms(0, rings, () => new Random(1));
        Assert.That(ring.TryRent(out _));
        ring.Commit(1);

        Assert.That(() => rings.Drain(rooms, Instant.Zero), Throws.Exception);
        Assert.That(() => rings.Drain(rooms, Instant.Zero), Throws.Nothing);
    }

    [Test]
    public void A_million_faults_are_counted_and_a_few_logged()
    {
        using var log = new LogCollector();
        using var socket = UdpSocket.Bind(IPAddress.Loopback, 0);
        using var pool = new HandshakePool(1, log.CreateLogger("handshakes"));
        using var worker = new MediaWorker(
            0,
            new UdpWorker("media-0", [socket]),
            new WorkerRings([], []),
            pool,
            () => new Random(1),
            new NoObserver(),
            log.CreateLogger("worker")
        );
        for (var i = 0; i < 1_000_000; i++)
        {
            worker.HandleFault(new InvalidOperationException("made to happen"));
        }

        Assert.That(log.Lines, Has.Count.InRange(1, 20), "one a second");
    }

    /// <summary>Asks so often that most of it is refused.</summary>
    private static void Refuse(WorkerCommands commands, int count)
    {
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            try
            {
                _ = commands.InvokeAsync(() => { });
            }
            catch (InvalidOperationException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.EqualTo(count - WorkerCommands.PendingMax));
    }

    private sealed class NoObserver : ISessionObserver
    {
        public void HandleConnected(MediaSession session) { }

        public void HandleLost(MediaSession session, SessionEnd end) { }
    }
}
