using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>Who has the floor of a room: one who keeps it through a word of others, and through a cough.</summary>
/// <remarks>
/// The rule of Volfin and Cohen: somebody takes the floor who is clearly more active than its holder at this moment and
/// in the last tenth of a second, and not less so over the last second. See <see cref="SpeechActivity"/>. Ten decisions
/// a second, each over those who spoke within the last one; nothing is allocated while the same people speak. Not
/// thread-safe: the room's home worker owns it.
/// </remarks>
internal sealed class DominantSpeaker
{
    private const double ImmediateMargin = 3;
    private const double MediumMargin = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private readonly List<PublishedTrack> _candidates = [];
    private Instant _decidedAt;

    /// <summary>Null before anybody spoke, and when who did has left.</summary>
    public PublishedTrack? Current { get; private set; }

    /// <summary>The track was heard.</summary>
    public void Observe(PublishedTrack track, Instant now)
    {
        if (!track.Loudness.IsSilence)
        {
            track.SpokeAt = now;
            if (!track.IsCandidate)
            {
                track.IsCandidate = true;
                _candidates.Add(track);
            }
        }

        if (now - _decidedAt >= Interval)
        {
            _decidedAt = now;
            Decide(now);
        }
    }

    /// <summary>The track left or lost its right.</summary>
    public void Release(PublishedTrack track)
    {
        if (_candidates.Remove(track))
        {
            track.IsCandidate = false;
        }

        if (Current == track)
        {
            SetCurrent(null);
        }
    }

    private void Decide(Instant now)
    {
        Forget(now);
        var floor = Current is null ? SpeechActivityScores.None : SpeechActivityScores.Of(Current, now);
        PublishedTrack? best = null;
        var bestLead = double.NegativeInfinity;
        foreach (var track in _candidates)
        {
            var scores = SpeechActivityScores.Of(track, now);
            var immediate = Math.Log(scores.Immediate / floor.Immediate);
            var medium = Math.Log(scores.Medium / floor.Medium);
            var isAhead = immediate > ImmediateMargin && medium > MediumMargin && scores.Long >= floor.Long;
            if (track != Current && isAhead && medium > bestLead)
            {
                (best, bestLead) = (track, medium);
            }
        }

        if (best is not null)
        {
            SetCurrent(best);
        }
    }

    private void Forget(Instant now)
    {
        for (var i = _candidates.Count - 1; i >= 0; i--)
        {
            if (now - _candidates[i].SpokeAt > Memory)
            {
                _candidates[i].IsCandidate = false;
                _candidates.RemoveAt(i);
            }
        }
    }

    private void SetCurrent(PublishedTrack? track)
    {
        if (Current is { } before)
        {
            before.IsDominant = false;
        }

        Current = track;
        if (track is not null)
        {
            track.IsDominant = true;
        }
    }

    private readonly record struct SpeechActivityScores(double Immediate, double Medium, double Long)
    {
        /// <summary>Of an empty floor: whoever speaks at all takes it.</summary>
        public static readonly SpeechActivityScores None = new(1e-10, 1e-10, 1e-10);

        public static SpeechActivityScores Of(PublishedTrack track, Instant now)
        {
            var (immediate, medium, longTerm) = track.Activity.Scores(now);
            return new SpeechActivityScores(immediate, medium, longTerm);
        }
    }
}
