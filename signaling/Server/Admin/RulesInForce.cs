using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Capabilities;

namespace Spaces.Signaling.Server.Admin;

/// <summary>The operator's rules as of one moment.</summary>
/// <param name="Version">0: none were ever set.</param>
/// <param name="Rules">Read.</param>
/// <param name="Message">As the operator wrote them.</param>
/// <param name="ChangedBy">Who set them.</param>
/// <param name="ChangedAt">When; null when nobody did.</param>
internal sealed record RulesSnapshot(
    long Version,
    CapabilityRules Rules,
    V1.CapabilityRules Message,
    string ChangedBy,
    DateTimeOffset? ChangedAt
)
{
    public static RulesSnapshot None { get; } = new(0, CapabilityRules.None, new V1.CapabilityRules(), "", null);
}

/// <summary>Keeps the operator's rules, and a copy of them in memory that follows every change on any node.</summary>
/// <remarks>
/// While the store does not answer, the last rules that were read go on; before any were read nobody knows what holds.
/// Rules are never deleted: once there were some, a record that is gone or unreadable changes nothing here.
/// </remarks>
internal sealed class RulesInForce(IRecordStore store, TimeProvider time, ILogger<RulesInForce> logger)
    : BackgroundService
{
    private const string Id = "capabilities";

    /// <summary>A change is told by the store; this is for a hint that was lost.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a request waits for the first rules of this process.</summary>
    private static readonly TimeSpan FirstReadMax = TimeSpan.FromMilliseconds(400);

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly Records<StoredRules> _records = new(
        store,
        "capability-rules",
        new RecordJson<StoredRules>(RulesJson.Default.StoredRules, schema: 1)
    );

    private readonly SemaphoreSlim _hint = new(0, 1);
    private readonly TaskCompletionSource _firstRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RulesSnapshot? _current;

    /// <summary>Other rules are in force, or a stage began by its date. Any thread; short, and never throws.</summary>
    public event Action? Changed;

    /// <summary>Null before the store first answered.</summary>
    public RulesSnapshot? Current => _current;

    /// <exception cref="RoomStoreUnavailableException">No rules were read yet, since the store does not
    /// answer.</exception>
    public async ValueTask<RulesSnapshot> GetAsync(CancellationToken cancellationToken)
    {
        if (_current is { } current)
        {
            return current;
        }

        try
        {
            await _firstRead.Task.WaitAsync(FirstReadMax, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RoomStoreUnavailableException("The rules of capabilities were not read yet.");
        }

        return _current!;
    }

    /// <summary>As the store has them this moment.</summary>
    public async ValueTask<RulesSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        if (await _records.FindAsync(RecordKey.Only, Id, cancellationToken) is not { } found)
        {
            return _current ?? RulesSnapshot.None;
        }

        var message = Parser.Parse<V1.CapabilityRules>(found.Value.Rules);
        return RulesReader.TryRead(message, out var rules, out var problem)
            ? new RulesSnapshot(found.Version, rules, message, found.Value.ChangedBy, found.Value.ChangedAt)
            : throw new InvalidDataException($"The stored rules of capabilities are wrong: {problem}");
    }

    /// <returns>False when somebody else changed them since <paramref name="expectedVersion"/>.</returns>
    public async ValueTask<bool> TrySetAsync(
        V1.CapabilityRules rules,
        long expectedVersion,
        Identity by,
        CancellationToken cancellationToken
    )
    {
        var stored = new StoredRules(JsonFormatter.Default.Format(rules), by.Value, time.GetUtcNow());
        if (
            !await _records.TrySaveAsync(RecordKey.Only, Id, expectedVersion, stored, lifetime: null, cancellationToken)
        )
        {
            return false;
        }

        Take(await ReadAsync(cancellationToken)); // In force here before the answer.
        return true;
    }

    public override void Dispose()
    {
        _hint.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watch = _records.Watch(_ => Hint());
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = await TryTakeAsync(stoppingToken) ? UntilNextLook() : RetryAfter;
            await WaitAsync(wait, stoppingToken);
        }
    }

    private async Task<bool> TryTakeAsync(CancellationToken stoppingToken)
    {
        try
        {
            Take(await ReadAsync(stoppingToken));
            _firstRead.TrySetResult();
            return true;
        }
        catch (Exception error)
            when (error is RoomStoreUnavailableException or InvalidDataException or InvalidProtocolBufferException)
        {
            SignalingLog.RulesUnread(logger, error);
            return false;
        }
    }

    private void Take(RulesSnapshot read)
    {
        var before = _current;
        if (before is not null && before.Version > read.Version)
        {
            return; // Older than what this process has seen.
        }

        _current = read;
        if (before is not null && before.Version != read.Version)
        {
            SignalingLog.RulesChanged(logger, read.Version);
            Changed?.Invoke();
        }
    }

    private TimeSpan UntilNextLook()
    {
        var now = time.GetUtcNow();
        var start = _current?.Rules.NextStart(now) - now;
        return start < LookAgainAfter ? start.Value : LookAgainAfter;
    }

    /// <summary>Until a hint or so long; tells of stages that began meanwhile.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken stoppingToken)
    {
        var before = time.GetUtcNow();
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            var hint = _hint.WaitAsync(waiting.Token);
            await Task.WhenAny(hint, Task.Delay(wait, time, waiting.Token));
            await waiting.CancelAsync();
            await hint;
        }
        catch (OperationCanceledException)
        {
            // Time is up, or the process ends.
        }

        if (_current?.Rules.NextStart(before) <= time.GetUtcNow())
        {
            Changed?.Invoke();
        }
    }

    private void Hint()
    {
        try
        {
            _hint.Release();
        }
        catch (SemaphoreFullException)
        {
            // Told already.
        }
    }
}

/// <summary>As they are stored: the message in its JSON form, which stays readable as the API does.</summary>
internal sealed record StoredRules(string Rules, string ChangedBy, DateTimeOffset ChangedAt);

[JsonSerializable(typeof(StoredRules))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class RulesJson : JsonSerializerContext;
