using Spaces.Sfu.Protocol;
using Spaces.Sfu.Server.Hosting;
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
}
