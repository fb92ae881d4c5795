using System.Globalization;

namespace Spaces.Simulation;

/// <summary>
/// Goal: whatever people, networks and attackers do, in whatever order, the media plane keeps its promises. Method: a
/// whole node with two workers in virtual time; every datagram it sends is checked when it is sent. A seed that fails
/// fails again: <c>make simulate SEED=7</c>.
/// </summary>
[TestFixture]
internal sealed class MediaPlaneSimulationTests
{
    private const int SeedsByDefault = 50;
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);

    [TestCaseSource(nameof(Seeds))]
    public void Every_promise_holds_through_a_minute_of_anything(int seed)
    {
        using var world = new World(seed, Scenario.Bad);
        var scenario = new Scenario(world);
        scenario.Run(Duration);
        scenario.Recover();

        Assert.That(world.Forwarded, Is.GreaterThan(200), "Too little happened to prove anything.");
        TestContext.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}: {world.Peers.Count} participants, {world.Lost.Count} lost, "
                    + $"{world.Forwarded} packets forwarded, trace {world.Trace.Hash:x16} of {world.Trace.Count}"
            )
        );
    }

    [Test]
    public void The_same_seed_gives_the_same_run_and_another_another()
    {
        var first = TraceOf(1);
        var again = TraceOf(1);
        var other = TraceOf(2);

        Assert.That(again, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    private static (ulong Hash, long Count) TraceOf(int seed)
    {
        using var world = new World(seed, Scenario.Bad);
        new Scenario(world).Run(TimeSpan.FromSeconds(15));
        return (world.Trace.Hash, world.Trace.Count);
    }

    /// <summary>SIMULATION_SEED is one seed, or the first of SIMULATION_COUNT.</summary>
    private static IEnumerable<int> Seeds() =>
        Setting("SIMULATION_SEED") is { } first
            ? Enumerable.Range(first, Setting("SIMULATION_COUNT") ?? 1)
            : Enumerable.Range(1, Setting("SIMULATION_COUNT") ?? SeedsByDefault);

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
