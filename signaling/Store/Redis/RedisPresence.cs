using System.Collections.Immutable;
using System.Globalization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using StackExchange.Redis;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Presence in Redis, for any number of signaling nodes. <see cref="RedisKeys"/> tells where.</summary>
public sealed class RedisPresence : IPlaces, INodes
{
    private readonly RedisConnection _redis;
    private readonly RedisKeys _keys;

    public RedisPresence(RedisConnection redis)
    {
        ArgumentNullException.ThrowIfNull(redis);
        _redis = redis;
        _keys = new RedisKeys(redis.Options.Prefix);
    }

    public async ValueTask<ImmutableArray<Place?>> FindAsync(
        RoomId room,
        IReadOnlyList<ParticipantId> participants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(participants);
        if (participants.Count == 0)
        {
            return [];
        }

        RedisValue[] ids = [.. participants.Select(id => (RedisValue)id.Value)];
        var reply = await RunAsync(PresenceScripts.Find, room, ids, cancellationToken);
        return [.. reply.Items.Select(Read)];
    }

    public async ValueTask<Place?> FindAsync(RoomId room, Identity identity, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(PresenceScripts.FindIdentity, room, [identity.Value], cancellationToken);
        return reply.Items is [var place] ? Read(place) : null;
    }

    public async ValueTask<ClaimOutcome> ClaimAsync(
        RoomId room,
        Place wanted,
        ClaimKind kind,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(wanted);
        RedisValue[] arguments = [PlaceCodec.Encode(wanted), Text((int)kind)];
        var reply = await RunAsync(PresenceScripts.Claim, room, arguments, cancellationToken);
        return reply.Items is [var verdict, var now, var before]
            ? new ClaimOutcome((ClaimVerdict)verdict.Number, Read(now), Read(before))
            : throw new RoomStoreUnavailableException("Redis answered a claim with something else.");
    }

    public async ValueTask<ImmutableArray<ParticipantId>> ChangeAsync(
        RoomId room,
        IReadOnlyList<Place> changed,
        IReadOnlyList<Place> left,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(changed);
        ArgumentNullException.ThrowIfNull(left);
        RedisValue[] arguments =
        [
            Text(changed.Count),
            .. changed.Concat(left).Select(place => (RedisValue)PlaceCodec.Encode(place)),
        ];
        var reply = await RunAsync(PresenceScripts.Change, room, arguments, cancellationToken);
        return [.. reply.Items.Select(item => new ParticipantId(item.Text))];
    }

    public async ValueTask<ImmutableArray<Place>> PageAsync(
        RoomId room,
        long afterOrder,
        int count,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] arguments = [Text(afterOrder), Text(count)];
        var reply = await RunAsync(PresenceScripts.Page, room, arguments, cancellationToken);
        return [.. reply.Items.Select(Read).OfType<Place>()];
    }

    public async ValueTask<NodeCensus> BeatAsync(NodeName node, TimeSpan lease, CancellationToken cancellationToken)
    {
        var reply = await _redis.EvaluateAsync(
            PresenceScripts.Beat,
            [_keys.Leases],
            [node.Value, Text((long)lease.TotalMilliseconds)],
            cancellationToken
        );
        return reply.Items is [{ Items: var living }, { Items: var dead }]
            ? new NodeCensus(Names(living), Names(dead))
            : throw new RoomStoreUnavailableException("Redis answered a beat with something else.");
    }

    public async ValueTask RetireAsync(NodeName node, CancellationToken cancellationToken) =>
        await _redis.EvaluateAsync(PresenceScripts.Retire, [_keys.Leases], [node.Value], cancellationToken);

    public async ValueTask<RoomTally> TallyAsync(
        RoomId room,
        NodeName node,
        int listeners,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] arguments = [node.Value, Text(listeners)];
        var reply = await RunAsync(PresenceScripts.Tally, room, arguments, cancellationToken);
        if (reply.Items is not [{ Items: var counts }, var here, var all, var media])
        {
            throw new RoomStoreUnavailableException("Redis answered a tally with something else.");
        }

        var listenersOf = counts
            .Chunk(2)
            .ToImmutableDictionary(pair => new NodeName(pair[0].Text), pair => (int)pair[1].Number);
        return new RoomTally(listenersOf, (int)here.Number, (int)all.Number, media.Text);
    }

    public async ValueTask<ImmutableArray<Place>> AdoptAsync(
        RoomId room,
        NodeName from,
        NodeName to,
        int count,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] arguments = [from.Value, to.Value, Text(count)];
        var reply = await RunAsync(PresenceScripts.Adopt, room, arguments, cancellationToken);
        return [.. reply.Items.Select(Read).OfType<Place>()];
    }

    public async ValueTask<string> AgreeOnMediaAsync(
        RoomId room,
        string wanted,
        string? insteadOf,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] arguments = [wanted, insteadOf ?? ""];
        return (await RunAsync(PresenceScripts.AgreeOnMedia, room, arguments, cancellationToken)).Text;
    }

    public async ValueTask ForgetAsync(RoomId room, CancellationToken cancellationToken) =>
        await RunAsync(PresenceScripts.Forget, room, [], cancellationToken);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Place? Read(RedisReply reply) => PlaceCodec.TryDecode(reply.Bytes, out var place) ? place : null;

    private static ImmutableHashSet<NodeName> Names(ImmutableArray<RedisReply> names) =>
        [.. names.Select(name => new NodeName(name.Text))];

    private Task<RedisReply> RunAsync(
        RedisScript script,
        RoomId room,
        RedisValue[] arguments,
        CancellationToken cancellationToken
    ) => _redis.EvaluateAsync(script, _keys.Presence(room), arguments, cancellationToken);
}
