using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Server.Notifications;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Tells people who are online what opened to them: when they come, and when the rules change.</summary>
/// <remarks>
/// Each node tells those who are connected to it. What is told has the id of the notice, so that a client that is told
/// twice shows it once; whoever misses it finds it by ListNotices. One round runs at a time; a change in the middle of
/// it starts another after it.
/// </remarks>
internal sealed class NoticeTeller(
    NoticeBoard board,
    RulesInForce rulesInForce,
    AccountNotifications notifications,
    ILogger<NoticeTeller> logger
) : BackgroundService
{
    private readonly SemaphoreSlim _changed = new(0, 1);

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void CameOnline(NotificationWatch watch) => _ = TellAsync(watch.Identity, stoppingToken);
        rulesInForce.Changed += Hint;
        notifications.Opened += CameOnline;
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stoppingToken);
                foreach (var identity in notifications.Online)
                {
                    await TellAsync(identity, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
        finally
        {
            rulesInForce.Changed -= Hint;
            notifications.Opened -= CameOnline;
        }
    }

    private async Task TellAsync(Identity identity, CancellationToken stoppingToken)
    {
        try
        {
            foreach (var notice in await board.UnseenAsync(new AccountFacts(identity), stoppingToken))
            {
                notifications.TellHere(
                    identity,
                    new V1.Notification { Id = $"notice.{notice.NoticeId}", Notice = notice }
                );
            }
        }
        catch (RoomStoreUnavailableException)
        {
            // They find it by ListNotices, or when they come online the next time.
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
        catch (Exception error)
        {
            SignalingLog.BackgroundFailed(logger, error);
        }
    }

    private void Hint()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // A round will follow anyway.
        }
        catch (ObjectDisposedException)
        {
            // The process ends.
        }
    }
}
