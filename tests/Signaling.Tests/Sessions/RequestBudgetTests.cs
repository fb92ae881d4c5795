using Spaces.Signaling.Server.Sessions;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Sessions;

[TestFixture]
internal sealed class RequestBudgetTests
{
    [Test]
    public void Changes_of_the_room_are_let_through_four_times_a_second_and_questions_twenty_times()
    {
        var clock = new TestClock(DateTimeOffset.UnixEpoch);
        var (changes, questions) = (new RequestBudget(clock), new RequestBudget(clock));
        var (changed, asked) = (0, 0);
        for (var i = 0; i < 1_000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            changed += changes.TryTake(RequestBudget.CostOfChange) ? 1 : 0;
            asked += questions.TryTake() ? 1 : 0;
        }

        Assert.That(changed, Is.EqualTo((RequestBudget.Burst + (10 * RequestBudget.PerSecond)) / 5).Within(1));
        Assert.That(asked, Is.EqualTo(RequestBudget.Burst + (10 * RequestBudget.PerSecond)).Within(1));
    }
}
