using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>Gives the N slots of a room to its loudest speakers, and the spare to the loudest of the rest.</summary>
/// <remarks>
/// A speaker keeps the slot while among the loudest. An empty slot is taken at once; one whose holder is silent as
/// soon as somebody speaks; one whose holder speaks only by somebody clearly louder or who has the floor
/// (<see cref="DominantSpeaker"/>), and by the same participant at most twice a second, so that no claim makes the room
/// flicker. Who has the floor and speaks keeps the slot whoever else is loud. O(slots) a packet, no allocation. Not
/// thread-safe: the room's home worker owns it.
/// </remarks>
public sealed class SpeakerSelector
{
    /// <summary>Neither a slot nor the spare.</summary>
    public const int Unplaced = -1;

    /// <summary>
    /// Louder by a factor of two in sound pressure: plain to the ear, beyond the wavering of equal voices.
    /// </summary>
    private const double MarginDb = 6;

    /// <summary>No participant displaces a speaker more often than twice a second.</summary>
    private static readonly TimeSpan DisplacementInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>So long a slot is safe from whoever is not clearly louder: a first word is not loud at once.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

    private readonly Holder[] _holders;
    private uint _tenures;

    /// <param name="slotCount">1 or more.</param>
    /// <param name="firstTenure">Another for each selection of a room, so that their tenures do not meet.</param>
    public SpeakerSelector(int slotCount, uint firstTenure = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slotCount, 1);
        _tenures = firstTenure;
        SlotCount = slotCount;
        _holders = new Holder[slotCount + 1];
    }

    public int SlotCount { get; }

    /// <summary>Who has a slot, or the spare at index <see cref="SlotCount"/>; null when nobody.</summary>
    public PublishedTrack? HolderOf(int position) => _holders[position].Track;

    /// <summary>
    /// New whenever a place is taken, also by the same track: what was missed in between must leave no gap in a stream.
    /// </summary>
    public uint TenureOf(int position) => _holders[position].Tenure;

    /// <summary>Where a packet that <paramref name="track"/> just sent goes.</summary>
    /// <returns>A slot, <see cref="SlotCount"/> for the spare, or <see cref="Unplaced"/>.</returns>
    public int Select(PublishedTrack track, Instant now)
    {
        var position = PositionOf(track);
        if ((position != Unplaced && position != SlotCount) || track.Loudness.IsSilence)
        {
            return position;
        }

        for (var slot = 0; slot < SlotCount; slot++)
        {
            if (_holders[slot].Track is null)
            {
                return Move(track, position, slot, now, isDisplacement: false);
            }
        }

        var weakest = Weakest(now);
        if (MayDisplace(track, position, weakest, now))
        {
            return Move(track, position, weakest, now, isDisplacement: true);
        }

        if (position == Unplaced && (_holders[SlotCount].Track is null || MayDisplace(track, position, SlotCount, now)))
        {
            return Move(track, position, SlotCount, now, isDisplacement: false);
        }

        return position;
    }

    /// <summary>Takes a track's place away: it left, or lost its right to speak.</summary>
    public void Release(PublishedTrack track)
    {
        var position = PositionOf(track);
        if (position != Unplaced)
        {
            _holders[position] = default;
        }
    }

    /// <summary>A slot, <see cref="SlotCount"/> for the spare, or <see cref="Unplaced"/>.</summary>
    public int PositionOf(PublishedTrack track)
    {
        for (var i = 0; i < _holders.Length; i++)
        {
            if (ReferenceEquals(_holders[i].Track, track))
            {
                return i;
            }
        }

        return Unplaced;
    }

    /// <summary>
    /// The slot whose holder is silent or else least loud; of equals the one held for the shortest time.
    /// </summary>
    private int Weakest(Instant now)
    {
        var weakest = 0;
        for (var slot = 1; slot < SlotCount; slot++)
        {
            var (score, least) = (HolderScoreDb(slot, now), HolderScoreDb(weakest, now));
            if (score < least || (score == least && _holders[slot].Since > _holders[weakest].Since))
            {
                weakest = slot;
            }
        }

        return weakest;
    }

    private double HolderScoreDb(int position, Instant now)
    {
        if (!IsHeld(position, now))
        {
            return double.NegativeInfinity;
        }

        var track = _holders[position].Track!;
        return track.IsDominant && track.Loudness.IsVoicing(now)
            ? double.PositiveInfinity
            : track.Loudness.ScoreDb(now);
    }

    private bool IsHeld(int position, Instant now) =>
        _holders[position].Track!.Loudness.IsActive(now) || now - _holders[position].Since < Grace;

    private bool MayDisplace(PublishedTrack track, int position, int target, Instant now)
    {
        if (!track.Loudness.IsActive(now))
        {
            return false;
        }

        if (!IsHeld(target, now))
        {
            return true;
        }

        var isLouder = track.IsDominant || track.Loudness.ScoreDb(now) > HolderScoreDb(target, now) + MarginDb;
        var hasWaited =
            track.LastDisplacement is not { } last || now - last >= DisplacementInterval || position == target;
        return isLouder && hasWaited;
    }

    private int Move(PublishedTrack track, int from, int to, Instant now, bool isDisplacement)
    {
        var displaced = _holders[to].Track;
        if (from != Unplaced)
        {
            _holders[from] = default;
        }

        // Who loses a slot is most likely the loudest of the rest.
        if (displaced is not null && to != SlotCount)
        {
            _holders[SlotCount] = new Holder(displaced, now, ++_tenures);
        }

        if (isDisplacement)
        {
            track.LastDisplacement = now;
        }

        _holders[to] = new Holder(track, now, ++_tenures);
        return to;
    }

    private readonly record struct Holder(PublishedTrack? Track, Instant Since, uint Tenure);
}
