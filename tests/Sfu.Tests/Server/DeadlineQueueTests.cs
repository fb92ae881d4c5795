using Spaces.Sfu.Protocol;
using Spaces.Sfu.Server.Hosting;

namespace Spaces.Sfu.Tests.Server;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DeadlineQueueTests
{
    private readonly DeadlineQueue<Item> _queue = new();

    [Test]
    public void A_deadline_that_moved_later_is_met_at_the_later_time()
    {
        var item = new Item { NextTimeout = At(1) };
        _queue.Update(item);
        item.NextTimeout = At(5);
        _queue.Update(item);

        Assert.That(_queue.TryDequeueDue(At(4), out _), Is.False);
        Assert.That(_queue.Next, Is.EqualTo(At(5)));
        Assert.That(_queue.TryDequeueDue(At(5), out var due) && due == item);
        Assert.That(_queue.TryDequeueDue(At(9), out _), Is.False);
    }

    [Test]
    public void A_deadline_that_moved_earlier_is_met_once()
    {
        var item = new Item { NextTimeout = At(5) };
        _queue.Update(item);
        item.NextTimeout = At(2);
        _queue.Update(item);

        Assert.That(_queue.TryDequeueDue(At(2), out var due) && due == item);
        item.NextTimeout = null;
        _queue.Update(item);
        Assert.That(_queue.TryDequeueDue(At(9), out _), Is.False);
    }

    [Test]
    public void Due_items_come_in_the_order_of_their_deadlines()
    {
        Item[] items = [new() { NextTimeout = At(3) }, new() { NextTimeout = At(1) }, new() { NextTimeout = At(2) }];
        foreach (var item in items)
        {
            _queue.Update(item);
        }

        var order = new List<Item>();
        while (_queue.TryDequeueDue(At(3), out var due))
        {
            due.NextTimeout = null;
            order.Add(due);
        }

        Assert.That(order, Is.EqualTo(new[] { items[1], items[2], items[0] }));
    }

    private static Instant At(int seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    private sealed class Item : IHasDeadline
    {
        public Instant? NextTimeout { get; set; }

        public Instant? QueuedFor { get; set; }
    }
}
