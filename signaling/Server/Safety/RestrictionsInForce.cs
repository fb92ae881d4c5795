using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Safety;

/// <summary>What the operator forbids now, in memory, following every change on any node.</summary>
/// <remarks>
/// While the store does not answer, what was read last goes on; before anything was read nobody knows what holds. Ends
/// are the store's to decide: what is gone from it holds no more.
/// </remarks>
internal sealed class RestrictionsInForce(IRecordStore store, ILogger<RestrictionsInForce> logger, TimeProvider time)
    : BackgroundService
{
    /// <summary>Without a hint: for what ends by itself.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Refreshes between two readings of everything, for a hint that was lost.</summary>
    private const int RefreshesToDoubt = 30;

    /// <summary>How long a request waits for the first reading of this process.</summary>
    private static readonly TimeSpan FirstReadMax = TimeSpan.FromMilliseconds(400);

    private readonly RecordMirror<Suspension> _suspensions = new(
        store,
        "suspension",
        new RecordJson<Suspension>(SafetyJson.Default.Suspension, schema: 1),
        suspension => suspension.Until is not null
    );

    private readonly RecordMirror<StoredServiceCountries> _service = new(
        store,
        "service-countries",
        new RecordJson<StoredServiceCountries>(SafetyJson.Default.StoredServiceCountries, schema: 1),
        _ => false
    );

    private readonly TakedownMirror _orders = new(store);
    private readonly AsyncGate _gate = new();
    private readonly SemaphoreSlim _hint = new(0, 1);
    private readonly TaskCompletionSource _firstRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Restrictions? _current;

    /// <summary>Something else is forbidden now. Any thread; short, and never throws.</summary>
    public event Action? Changed;

    /// <summary>Null before the store first answered.</summary>
    public Restrictions? Current => _current;

    /// <summary>By identity.</summary>
    public Records<Suspension> Suspensions => _suspensions.Records;

    public Records<StoredServiceCountries> ServiceCountries => _service.Records;

    /// <exception cref="RoomStoreUnavailableException">Nothing was read yet, since the store does not
    /// answer.</exception>
    public async ValueTask<Restrictions> GetAsync(CancellationToken cancellationToken)
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
            throw new RoomStoreUnavailableException("What the operator forbids was not read yet.");
        }

        return _current!;
    }

    /// <summary>Takes in what was written of an account, before the answer to whoever wrote it.</summary>
    public Task RefreshAsync(Identity account, CancellationToken cancellationToken)
    {
        _suspensions.Expect(account.Value);
        return RefreshAsync(cancellationToken);
    }

    /// <summary>Takes in what became of an order, before the answer to whoever changed it.</summary>
    public Task RefreshAsync(string order, CancellationToken cancellationToken)
    {
        _orders.Expect(order);
        return RefreshAsync(cancellationToken);
    }

    /// <summary>Takes in where the service is open, before the answer to whoever changed it.</summary>
    public Task RefreshServiceAsync(CancellationToken cancellationToken)
    {
        _service.Expect(RecordKey.Only);
        return RefreshAsync(cancellationToken);
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        bool changed;
        using (await _gate.EnterAsync(cancellationToken))
        {
            changed = await _suspensions.RefreshAsync(cancellationToken);
            changed |= await _service.RefreshAsync(cancellationToken);
            changed |= await _orders.RefreshAsync(cancellationToken);
            if (changed || _current is null)
            {
                _current = new Restrictions(_suspensions.Current, _orders.Current, Read(_service.Current));
            }
        }

        if (changed)
        {
            Changed?.Invoke();
        }
    }

    public override void Dispose()
    {
        _hint.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var suspensions = _suspensions.Watch(Hint);
        using var service = _service.Watch(Hint);
        using var orders = _orders.Watch(Hint);
        for (var refresh = 1; !stoppingToken.IsCancellationRequested; refresh++)
        {
            if (refresh % RefreshesToDoubt == 0)
            {
                _suspensions.Doubt();
                _service.Doubt();
                _orders.Doubt();
            }

            try
            {
                await RefreshAsync(stoppingToken);
                _firstRead.TrySetResult();
                await _hint.WaitAsync(LookAgainAfter, stoppingToken);
            }
            catch (RoomStoreUnavailableException error)
            {
                SignalingLog.RestrictionsUnread(logger, error);
                await WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static ServiceCountries Read(ImmutableDictionary<string, StoredServiceCountries> records) =>
        records.TryGetValue(RecordKey.Only, out var stored)
            ? new ServiceCountries(stored.Mode, [.. stored.Countries], stored.Notice)
            : Domain.Safety.ServiceCountries.Everywhere;

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _hint.WaitAsync(LookAgainAfter, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void Hint()
    {
        try
        {
            _hint.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // Told already, or over.
        }
    }
}
