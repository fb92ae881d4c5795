using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;

namespace Spaces.Signaling.Store.Presence;

/// <summary>The places of one room in memory. Under the owner's gate.</summary>
internal sealed class RoomPlaces
{
    private readonly Dictionary<ParticipantId, Place> _places = [];
    private readonly Dictionary<Identity, ParticipantId> _identities = [];
    private readonly Dictionary<MediaId, ParticipantId> _mediaIds = [];
    private readonly SortedDictionary<long, ParticipantId> _order = [];
    private long _fence;

    public Dictionary<NodeName, int> Listeners { get; } = [];

    public string MediaNode { get; set; } = "";

    public int Count => _places.Count;

    public Place? Find(ParticipantId id) => _places.GetValueOrDefault(id);

    public Place? Find(Identity identity) =>
        _identities.TryGetValue(identity, out var id) ? _places.GetValueOrDefault(id) : null;

    public int CountOf(NodeName node) => _places.Values.Count(place => place.Node == node);

    public IEnumerable<Place> Of(NodeName node, int count) =>
        [.. _places.Values.Where(place => place.Node == node).Take(count)];

    public IEnumerable<Place> After(long order) =>
        _order.Where(entry => entry.Key > order).Select(entry => _places[entry.Value]);

    public ClaimOutcome Claim(Place wanted, ClaimKind kind)
    {
        var before = Find(wanted.Participant);
        if (Find(wanted.Identity) is { } other && other.Participant != wanted.Participant)
        {
            if (kind != ClaimKind.Restore || before is not null)
            {
                return new ClaimOutcome(ClaimVerdict.IdentityTaken, null, other);
            }

            before = other;
        }

        if (_mediaIds.TryGetValue(wanted.MediaId, out var holder) && holder != wanted.Participant)
        {
            return new ClaimOutcome(ClaimVerdict.MediaIdTaken, null, _places[holder]);
        }

        if (!MayHave(wanted, kind, before))
        {
            return new ClaimOutcome(ClaimVerdict.StayOver, null, before);
        }

        if (before is not null)
        {
            Remove(before);
        }

        _fence = Math.Max(_fence, Math.Max(wanted.Fence, wanted.Order)) + 1;
        var order = before?.Order ?? (wanted.Order > 0 && !_order.ContainsKey(wanted.Order) ? wanted.Order : _fence);
        var now = wanted with { Fence = _fence, Order = order };
        Put(now);
        return new ClaimOutcome(ClaimVerdict.Granted, now, before);
    }

    /// <returns>False when the fence is another's by now.</returns>
    public bool TryChange(Place place)
    {
        if (Find(place.Participant) is not { } stored || stored.Fence != place.Fence)
        {
            return false;
        }

        _places[place.Participant] = stored with
        {
            Name = place.Name,
            Muted = place.Muted,
            Connected = place.Connected,
            Context = place.Context,
        };
        return true;
    }

    public void Leave(Place place)
    {
        if (Find(place.Participant) is { } stored && stored.Fence == place.Fence)
        {
            Remove(stored);
        }
    }

    public Place HandOver(Place place, NodeName to)
    {
        var now = place with { Node = to, Connected = false, Fence = ++_fence };
        _places[place.Participant] = now;
        return now;
    }

    /// <summary>The rules that PresenceContract holds every implementation to.</summary>
    private static bool MayHave(Place wanted, ClaimKind kind, Place? before) =>
        kind switch
        {
            ClaimKind.Enter => true,
            ClaimKind.Resume => before is not null && before.Stay == wanted.Stay,
            ClaimKind.Restore when before is null || wanted.Fence == 0 => true,
            ClaimKind.Restore when before.Stay == wanted.Stay => before.Node == wanted.Node || !before.Connected,
            ClaimKind.Restore => wanted.Fence > before.Fence,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of claim."),
        };

    private void Put(Place place)
    {
        _places[place.Participant] = place;
        _identities[place.Identity] = place.Participant;
        _mediaIds[place.MediaId] = place.Participant;
        _order[place.Order] = place.Participant;
    }

    private void Remove(Place place)
    {
        _places.Remove(place.Participant);
        _identities.Remove(place.Identity);
        _mediaIds.Remove(place.MediaId);
        _order.Remove(place.Order);
    }
}
