using System.Collections.Concurrent;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Who of this node is in one room now. Presence, not history.</summary>
/// <remarks>
/// Used under the room's gate only, but for <see cref="Count"/>. What changes here is written to the places that all
/// nodes share by and by, in batches: <see cref="TakeChanges"/> gives what is not written yet.
/// </remarks>
internal sealed class Attendance
{
    private readonly Dictionary<ParticipantId, Participant> _byId = [];
    private readonly Dictionary<Identity, Participant> _byIdentity = [];
    private readonly Dictionary<string, Participant> _byResource = [];
    private readonly HashSet<uint> _mediaIds = [];

    /// <summary>Whoever comes is added at the end, so this costs next to nothing to keep.</summary>
    private readonly SortedList<long, Participant> _byJoinOrder = [];

    private readonly ConcurrentQueue<Participant> _touched = new();
    private readonly Dictionary<ParticipantId, Place> _left = [];
    private long _joins;

    public int Count => _byId.Count;

    public IReadOnlyCollection<Participant> All => _byId.Values;

    public Participant? Find(ParticipantId id) => _byId.GetValueOrDefault(id);

    public Participant? Find(Identity identity) => _byIdentity.GetValueOrDefault(identity);

    /// <summary>By WHIP or WHEP resource.</summary>
    public Participant? FindResource(string resource) => _byResource.GetValueOrDefault(resource);

    public bool HasMediaId(MediaId id) => _mediaIds.Contains(id.Value);

    /// <summary>
    /// In order, those whose <see cref="Participant.JoinOrder"/> is higher; costs no more than is taken.
    /// </summary>
    public IEnumerable<Participant> JoinedAfter(long order)
    {
        var (index, end) = (0, _byJoinOrder.Count);
        while (index < end)
        {
            var middle = (index + end) / 2;
            (index, end) = _byJoinOrder.GetKeyAtIndex(middle) <= order ? (middle + 1, end) : (index, middle);
        }

        for (; index < _byJoinOrder.Count; index++)
        {
            yield return _byJoinOrder.GetValueAtIndex(index);
        }
    }

    public Participant Add(Access.Participation participation)
    {
        var participant = new Participant(participation, ++_joins, _touched.Enqueue);
        _byId.Add(participant.Id, participant);
        _byJoinOrder.Add(participant.JoinOrder, participant);
        _byIdentity.Add(participant.Identity, participant);
        Index(participant);
        participant.Touch();
        return participant;
    }

    /// <summary>Lets a new connection of the same account take the place of the one before.</summary>
    public void Replace(Participant participant, Access.Participation participation)
    {
        Unindex(participant);
        participant.Participation = participation;
        Index(participant);
        participant.Touch();
    }

    /// <summary>Somebody goes for good; the place is given back.</summary>
    public bool Remove(Participant participant)
    {
        if (!Forget(participant))
        {
            return false;
        }

        if (participant.Fence > 0)
        {
            _left[participant.Id] = participant.PlaceOn(default);
        }

        return true;
    }

    /// <summary>As <see cref="Remove"/>, but the place is another node's by now.</summary>
    public bool Forget(Participant participant)
    {
        if (!_byId.Remove(participant.Id))
        {
            return false;
        }

        _byIdentity.Remove(participant.Identity);
        _byJoinOrder.Remove(participant.JoinOrder);
        Unindex(participant);
        return true;
    }

    /// <summary>Listeners of this node whose connection stands.</summary>
    public int ListenerCount(Room room)
    {
        ArgumentNullException.ThrowIfNull(room);
        var speakers = room.Stage.Count(member => member.MaySpeak && _byId.ContainsKey(member.Person.Id));
        return Math.Max(0, Count - speakers);
    }

    /// <summary>Whether <see cref="TakeChanges"/> has something to give. Any thread.</summary>
    public bool HasChanges => !_touched.IsEmpty || _left.Count > 0;

    /// <summary>Whoever changed since the last call and is still here, and the places of those who left.</summary>
    public (List<Participant> Changed, List<Place> Left) TakeChanges()
    {
        var changed = new List<Participant>();
        while (_touched.TryDequeue(out var participant))
        {
            participant.IsTouched = false;
            if (_byId.GetValueOrDefault(participant.Id) == participant)
            {
                changed.Add(participant);
            }
        }

        return (changed, [.. _left.Values]);
    }

    /// <summary>Whether somebody left whose place is not given back yet.</summary>
    public bool IsLeaving(ParticipantId id) => _left.ContainsKey(id);

    /// <summary>The places of those who left are given back.</summary>
    public void Written(List<Place> left)
    {
        foreach (var place in left.Where(place => _left.GetValueOrDefault(place.Participant) == place))
        {
            _left.Remove(place.Participant);
        }
    }

    /// <summary>The store was away: next time again.</summary>
    public static void PutBack(List<Participant> changed) => changed.ForEach(participant => participant.Touch());

    private void Index(Participant participant)
    {
        _mediaIds.Add(participant.Participation.MediaId);
        if (participant.Participation.Resource is { } resource)
        {
            _byResource[resource] = participant;
        }
    }

    private void Unindex(Participant participant)
    {
        _mediaIds.Remove(participant.Participation.MediaId);
        if (participant.Participation.Resource is { } resource)
        {
            _byResource.Remove(resource);
        }
    }
}
