using Spaces.Sfu.Protocol;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Sfu.Tests.Server;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PathTableTests
{
    private static readonly Instant Start = Instant.Zero + TimeSpan.FromHours(1);
    private static readonly NetworkPath Path = Addresses.Path(host: 9);

    private readonly PathTable<object> _paths = new();
    private readonly object _ada = new();
    private readonly object _eve = new();

    [Test]
    public void A_path_stays_with_whom_it_is_heard_of()
    {
        Assert.That(_paths.Take(Path, _ada, Start), Is.True);
        for (var second = 1; second < 60; second += 6)
        {
            var now = Start + TimeSpan.FromSeconds(second);
            Assert.That(_paths.MayTake(Path, _eve, now), Is.False);
            Assert.That(_paths.TryFind(Path, out var entry) && entry.Owner == _ada);
            Assert.That(_paths.Take(Path, _ada, now), Is.False, "it is no new path");
        }
    }

    [Test]
    public void A_path_that_fell_silent_may_be_taken()
    {
        _paths.Take(Path, _ada, Start);
        var later = Start + PathTable<object>.HoldTime;
        Assert.That(_paths.MayTake(Path, _eve, later), Is.True);
        Assert.That(_paths.Take(Path, _eve, later), Is.True);
        Assert.That(_paths.MayTake(Path, _ada, later), Is.False);
    }

    [Test]
    public void A_path_whose_owner_has_gone_may_be_taken_at_once()
    {
        _paths.Take(Path, _ada, Start);
        _paths.Remove(Path, _eve);
        Assert.That(_paths.MayTake(Path, _eve, Start), Is.False, "only its owner gives it up");
        _paths.Remove(Path, _ada);
        Assert.That(_paths.MayTake(Path, _eve, Start), Is.True);
    }
}
