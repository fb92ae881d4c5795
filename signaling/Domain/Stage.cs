using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spaces.Signaling.Domain;

/// <summary>The people of a room who are shown to everybody, in the order they came there.</summary>
/// <remarks>
/// Immutable. Finding, adding, changing and removing somebody cost the logarithm of the size; equal to another by its
/// members and their order.
/// </remarks>
[SuppressMessage("Naming", "CA1710", Justification = "A room has a stage; a suffix would say nothing.")]
public sealed class Stage : IReadOnlyCollection<StageMember>, IEquatable<Stage>
{
    private readonly ImmutableSortedDictionary<long, StageMember> _members;
    private readonly ImmutableDictionary<ParticipantId, long> _byParticipant;
    private readonly ImmutableDictionary<Identity, long> _byIdentity;
    private readonly ImmutableDictionary<MediaId, long> _byMediaId;
    private readonly ImmutableSortedSet<long> _handNumbers;
    private readonly long _nextPlace;

    private Stage(
        ImmutableSortedDictionary<long, StageMember> members,
        ImmutableDictionary<ParticipantId, long> byParticipant,
        ImmutableDictionary<Identity, long> byIdentity,
        ImmutableDictionary<MediaId, long> byMediaId,
        ImmutableSortedSet<long> handNumbers,
        long nextPlace,
        int speakerCount,
        int listenerCount
    )
    {
        _members = members;
        _byParticipant = byParticipant;
        _byIdentity = byIdentity;
        _byMediaId = byMediaId;
        _handNumbers = handNumbers;
        _nextPlace = nextPlace;
        SpeakerCount = speakerCount;
        ListenerCount = listenerCount;
    }

    public static Stage Empty { get; } =
        new(
            ImmutableSortedDictionary<long, StageMember>.Empty,
            ImmutableDictionary<ParticipantId, long>.Empty,
            ImmutableDictionary<Identity, long>.Empty,
            ImmutableDictionary<MediaId, long>.Empty,
            [],
            nextPlace: 1,
            speakerCount: 0,
            listenerCount: 0
        );

    public int Count => _members.Count;

    /// <summary>Speakers, without host and co-hosts.</summary>
    public int SpeakerCount { get; }

    /// <summary>Listeners who are on the list: raised hands, the invited, and in a small room everybody.</summary>
    public int ListenerCount { get; }

    public int HandCount => _handNumbers.Count;

    /// <summary>The queue, the first first.</summary>
    public IEnumerable<StageMember> Hands =>
        this.Where(member => member.HandRaised).OrderBy(member => member.HandNumber);

    /// <summary>A stored stage; hands of before they were numbered get their numbers by their places.</summary>
    public static Stage Of(IEnumerable<StageMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return members.Aggregate(Empty, (stage, member) => stage.With(Numbered(member, stage.HandCount + 1)));
    }

    public StageMember? Find(ParticipantId participant) => Member(_byParticipant, participant);

    public StageMember? Find(Identity identity) => Member(_byIdentity, identity);

    public StageMember? Find(MediaId mediaId) => Member(_byMediaId, mediaId);

    /// <returns>The place in the queue from 1, or 0 for somebody who is not in it.</returns>
    public int PlaceInQueue(StageMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return Math.Max(0, _handNumbers.IndexOf(member.HandNumber) + 1);
    }

    /// <summary>Adds somebody at the end, or changes them where they stand.</summary>
    public Stage With(StageMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var person = member.Person;
        var known = _byParticipant.TryGetValue(person.Id, out var place);
        if (known && SameIds(_members[place].Person, person))
        {
            return Replaced(place, member);
        }

        var rest = known ? Without(person.Id) : this;
        place = known ? place : _nextPlace;
        return new Stage(
            rest._members.SetItem(place, member),
            rest._byParticipant.SetItem(person.Id, place),
            rest._byIdentity.SetItem(person.Identity, place),
            rest._byMediaId.SetItem(person.MediaId, place),
            member.HandRaised ? rest._handNumbers.Add(member.HandNumber) : rest._handNumbers,
            known ? _nextPlace : _nextPlace + 1,
            rest.SpeakerCount + (member.Role == Role.Speaker ? 1 : 0),
            rest.ListenerCount + (member.Role == Role.Listener ? 1 : 0)
        );
    }

    public Stage Without(ParticipantId participant)
    {
        if (!_byParticipant.TryGetValue(participant, out var place))
        {
            return this;
        }

        var gone = _members[place];
        return new Stage(
            _members.Remove(place),
            _byParticipant.Remove(participant),
            _byIdentity.Remove(gone.Person.Identity),
            _byMediaId.Remove(gone.Person.MediaId),
            gone.HandRaised ? _handNumbers.Remove(gone.HandNumber) : _handNumbers,
            _nextPlace,
            SpeakerCount - (gone.Role == Role.Speaker ? 1 : 0),
            ListenerCount - (gone.Role == Role.Listener ? 1 : 0)
        );
    }

    public bool Equals(Stage? other) => other is not null && Count == other.Count && this.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as Stage);

    public override int GetHashCode() => HashCode.Combine(Count, HandCount, SpeakerCount);

    public override string ToString() => $"[{string.Join(", ", this)}]";

    public IEnumerator<StageMember> GetEnumerator() => _members.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static StageMember Numbered(StageMember member, long handNumber) =>
        member is { HandRaised: true, HandNumber: 0 } ? member with { HandNumber = handNumber } : member;

    /// <summary>The frequent case, mute and hand: the ids stay, so the indexes do.</summary>
    private Stage Replaced(long place, StageMember member)
    {
        var before = _members[place];
        var handNumbers = _handNumbers;
        if (before.HandNumber != member.HandNumber)
        {
            handNumbers = before.HandRaised ? handNumbers.Remove(before.HandNumber) : handNumbers;
            handNumbers = member.HandRaised ? handNumbers.Add(member.HandNumber) : handNumbers;
        }

        return new Stage(
            _members.SetItem(place, member),
            _byParticipant,
            _byIdentity,
            _byMediaId,
            handNumbers,
            _nextPlace,
            SpeakerCount + Difference(before, member, Role.Speaker),
            ListenerCount + Difference(before, member, Role.Listener)
        );
    }

    private static int Difference(StageMember before, StageMember after, Role role) =>
        (after.Role == role ? 1 : 0) - (before.Role == role ? 1 : 0);

    private static bool SameIds(Person left, Person right) =>
        left.Id == right.Id && left.Identity == right.Identity && left.MediaId == right.MediaId;

    private StageMember? Member<TKey>(ImmutableDictionary<TKey, long> index, TKey key)
        where TKey : notnull => index.TryGetValue(key, out var place) ? _members[place] : null;
}
