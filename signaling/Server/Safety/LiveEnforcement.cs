using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Safety;

/// <summary>
/// Puts out of the rooms of this node whom the operator forbids them and whom their host has blocked, and ends rooms
/// that may not be: at once on every change, and every second for what changes with the room.
/// </summary>
internal sealed class LiveEnforcement(
    RoomDirectory rooms,
    RestrictionsInForce restrictionsInForce,
    FactsOfPeople facts,
    BlockBook blocks,
    ILogger<LiveEnforcement> logger
) : BackgroundService
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _hint = new(0, 1);
    private readonly AsyncGate _sweeping = new();

    /// <summary>Carries out on this node what holds now.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (restrictionsInForce.Current is not { } restrictions)
        {
            return;
        }

        using (await _sweeping.EnterAsync(cancellationToken))
        {
            foreach (var room in rooms.All.Where(room => !room.IsOver))
            {
                try
                {
                    await SweepAsync(room, restrictions, cancellationToken);
                }
                catch (RoomStoreUnavailableException)
                {
                    // Looked at again in a second.
                }
            }
        }
    }

    public override void Dispose()
    {
        _hint.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        restrictionsInForce.Changed += Hint;
        blocks.Changed += Hint;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await _hint.WaitAsync(LookAgainAfter, stoppingToken);
                try
                {
                    await SweepAsync(stoppingToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    SignalingLog.BackgroundFailed(logger, error);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        finally
        {
            restrictionsInForce.Changed -= Hint;
            blocks.Changed -= Hint;
        }
    }

    private async Task SweepAsync(LiveRoom room, Restrictions restrictions, CancellationToken cancellationToken)
    {
        if (restrictions.EndReason(room.Current) is { } reason)
        {
            var end = new RoomCommand.End(Actor.System, rooms.Now(), reason);
            await room.ExecuteAsync(end, cancellationToken);
            return;
        }

        Participant[] people;
        using (await room.EnterAsync(cancellationToken))
        {
            people = [.. room.People.All];
        }

        if (people.Length == 0)
        {
            return;
        }

        var host = room.Current.Host;
        var blocked = await blocks.GetAsync(host, cancellationToken);
        foreach (var participant in people)
        {
            var who = await facts.OfAsync(restrictions, participant, cancellationToken);
            var by =
                !restrictions.IsEmpty && restrictions.Refusal(room.Current, who) is not null ? Actor.System
                : blocked.Contains(participant.Identity) ? new Actor(host)
                : (Actor?)null;
            if (by is { } actor)
            {
                var remove = new RoomCommand.Remove(actor, participant.Person, rooms.Now());
                await room.ExecuteAsync(remove, cancellationToken);
            }
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
