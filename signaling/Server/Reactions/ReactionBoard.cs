using Spaces.V1;

namespace Spaces.Signaling.Server.Reactions;

/// <summary>What one room has shown since it was last told. Any thread.</summary>
internal sealed class ReactionBoard
{
    /// <summary>Names that go with the counts; of more people, the first of them.</summary>
    public const int SendersMax = 20;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<Reaction, uint> _counts = [];
    private readonly List<ReactionSender> _senders = [];

    public void Add(Reaction reaction, string participantId, string name)
    {
        lock (_gate)
        {
            Count(reaction, 1);
            AddSender(
                new ReactionSender
                {
                    ParticipantId = participantId,
                    Name = name,
                    Reaction = reaction,
                }
            );
        }
    }

    /// <summary>What other nodes have seen.</summary>
    public void Add(Spaces.V1.Reactions seen)
    {
        lock (_gate)
        {
            foreach (var count in seen.Counts)
            {
                Count(count.Reaction, count.Count);
            }

            foreach (var sender in seen.Senders)
            {
                AddSender(sender);
            }
        }
    }

    /// <summary>All of it, and begins anew; null when there is nothing.</summary>
    public Spaces.V1.Reactions? Take()
    {
        lock (_gate)
        {
            if (_counts.Count == 0)
            {
                return null;
            }

            var taken = new Spaces.V1.Reactions
            {
                Counts = { _counts.Select(entry => new ReactionCount { Reaction = entry.Key, Count = entry.Value }) },
                Senders = { _senders },
            };
            _counts.Clear();
            _senders.Clear();
            return taken;
        }
    }

    private void Count(Reaction reaction, uint more) =>
        _counts[reaction] = (uint)Math.Min(uint.MaxValue, (ulong)_counts.GetValueOrDefault(reaction) + more);

    private void AddSender(ReactionSender sender)
    {
        if (
            _senders.Count < SendersMax
            && !_senders.Exists(known =>
                known.ParticipantId == sender.ParticipantId && known.Reaction == sender.Reaction
            )
        )
        {
            _senders.Add(sender);
        }
    }
}
