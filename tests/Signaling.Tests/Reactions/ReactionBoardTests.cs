using Spaces.Signaling.Server.Reactions;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Reactions;

/// <summary>What is shown to a room is added up: a thousand who clap make one message.</summary>
[TestFixture]
internal sealed class ReactionBoardTests
{
    private readonly ReactionBoard _board = new();

    [Test]
    public void Nothing_shown_is_nothing_told()
    {
        Assert.That(_board.Take(), Is.Null);
    }

    [Test]
    public void A_thousand_are_counted_and_twenty_are_named()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _board.Add(Reaction.Clap, $"p{i}", $"Person {i}");
        }

        var told = _board.Take()!;

        Assert.That(told.Counts.Single(), Is.EqualTo(new ReactionCount { Reaction = Reaction.Clap, Count = 1_000 }));
        Assert.That(told.Senders, Has.Count.EqualTo(ReactionBoard.SendersMax));
        Assert.That(_board.Take(), Is.Null, "what was told is told once");
    }

    [Test]
    public void One_person_is_named_once_for_each_reaction_and_counted_each_time()
    {
        _board.Add(Reaction.Clap, "p", "Ada");
        _board.Add(Reaction.Clap, "p", "Ada");
        _board.Add(Reaction.Heart, "p", "Ada");

        var told = _board.Take()!;

        Assert.That(told.Senders.Select(sender => sender.Reaction), Is.EqualTo([Reaction.Clap, Reaction.Heart]));
        Assert.That(told.Counts.Select(count => count.Count), Is.EqualTo([2u, 1u]));
    }

    [Test]
    public void What_other_nodes_saw_is_added()
    {
        var elsewhere = new ReactionBoard();
        elsewhere.Add(Reaction.Clap, "q", "Bob");
        _board.Add(Reaction.Clap, "p", "Ada");

        _board.Add(elsewhere.Take()!);

        Assert.That(_board.Take()!.Counts.Single().Count, Is.EqualTo(2u));
    }

    [Test]
    public void A_count_stops_where_it_no_longer_fits()
    {
        var many = new Spaces.V1.Reactions
        {
            Counts =
            {
                new ReactionCount { Reaction = Reaction.Fire, Count = uint.MaxValue },
            },
        };

        _board.Add(many);
        _board.Add(many);

        Assert.That(_board.Take()!.Counts.Single().Count, Is.EqualTo(uint.MaxValue));
    }
}
