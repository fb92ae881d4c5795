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
    private long _joins;

    public int Count => _byId.Count;

    public IReadOnlyCollection<Participant> All => _byId.Values;

    public Participant? Find(ParticipantId id) => _byId.GetValueOrDefault(id);

    public Participant? Find(Identity identity) => _byIdentity.GetValueOrDefault(identity);

    /// <summary>By WHIP or WHEP resource.</summary>
    public Participant? FindResource(string resource) => _byResource.GetValueOrDefault(resource);

    public bool HasMediaId(MediaId id) => _mediaIds.Contains(id.Value);

    public Participant Add(Access.Participation participation)
    {
        var participant = new Participant(participation, ++_joins);
        _byId.Add(participant.Id, participant);
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
