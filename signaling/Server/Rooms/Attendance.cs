using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Who is in one room now. Presence, not history: it is never stored.</summary>
/// <remarks>Used under the room's gate only, but for <see cref="Count"/>.</remarks>
internal sealed class Attendance
{
    private readonly Dictionary<ParticipantId, Participant> _byId = [];
    private readonly Dictionary<Identity, Participant> _byIdentity = [];
    private readonly Dictionary<string, Participant> _byResource = [];
    private readonly HashSet<uint> _mediaIds = [];

    /// <summary>Whoever comes is added at the end, so this costs next to nothing to keep.</summary>
    private readonly SortedList<long, Participant> _byJoinOrder = [];

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
        var participant = new Participant(participation, ++_joins);
        _byId.Add(participant.Id, participant);
        _byJoinOrder.Add(participant.JoinOrder, participant);
        _byIdentity.Add(participant.Identity, participant);
        Index(participant);
        return participant;
    }

    /// <summary>Lets a new connection of the same account take the place of the one before.</summary>
    public void Replace(Participant participant, Access.Participation participation)
    {
        Unindex(participant);
        participant.Participation = participation;
        Index(participant);
    }

    public bool Remove(Participant participant)
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
