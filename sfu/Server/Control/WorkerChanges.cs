using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Sessions;

namespace Spaces.Sfu.Server.Control;

/// <summary>Makes what was decided of a session hold on every worker that it concerns.</summary>
/// <remarks>
/// A change is in force when its task completes: the worker of the session and the room's home have done it, and what
/// they sent before has left. Whoever calls holds the session's gate.
/// </remarks>
internal sealed class WorkerChanges(IReadOnlyList<MediaWorker> workers)
{
    /// <summary>
    /// Makes a session's permissions hold, on its worker first: what comes later is dropped where it arrives.
    /// </summary>
    public async Task ApplyAsync(ControlSession session, MediaPermissions permissions)
    {
        var media = session.Media!;
        await session.Worker.InvokeAsync(() => ApplyOnWorker(session, media, permissions));
        var isAttached = permissions.MaySubscribe && media.Listener is not null;
        var wasAttached = session.IsAttached;
        session.IsAttached = isAttached;
        await HomeOf(session).InvokeAsync(() => ApplyAtHome(session, permissions, wasAttached, isAttached));
        await PassAsync(session, permissions.IsHeard);
    }

    private static void ApplyOnWorker(ControlSession session, MediaSession media, MediaPermissions permissions)
    {
        if (media.IsClosed)
        {
            return;
        }

        if (media.Microphone is { } microphone)
        {
            microphone.MayPublish = permissions.IsHeard;
        }

        if (media.Listener is not { } listener)
        {
            return;
        }

        var audience = session.Worker.Rooms.Audience(session.Room.Number);
        if (permissions.MaySubscribe)
        {
            audience.Add(listener);
        }
        else
        {
            audience.Remove(listener);
        }
    }

    private void ApplyAtHome(ControlSession session, MediaPermissions permissions, bool wasAttached, bool isAttached)
    {
        var home = HomeOf(session);
        var room = home.Rooms.Home(session.Room.Number);
        room.Router.SetPublishing(
            session.Request.MediaId,
            permissions.IsHeard && session.Media!.Microphone is not null
        );
        if (!permissions.IsHeard)
        {
            home.Rooms.Forget(session.Room.Number, session.Request.MediaId);
        }

        if (isAttached && !wasAttached)
        {
            room.AttachListener(session.Media!.Listener!.SlotCount, session.Worker.Index, home.Index);
        }
        else if (wasAttached && !isAttached)
        {
            room.DetachListener(session.Media!.Listener!.SlotCount, session.Worker.Index, home.Index);
        }
    }

    public async Task ReleaseAsync(ControlSession session, bool isRoomEmpty)
    {
        var home = HomeOf(session);
        await home.InvokeAsync(() =>
        {
            var room = home.Rooms.Home(session.Room.Number);
            room.Router.RemoveTrack(session.Request.MediaId);
            home.Rooms.Forget(session.Room.Number, session.Request.MediaId);
            if (session.IsAttached)
            {
                session.IsAttached = false;
                room.DetachListener(session.Media!.Listener!.SlotCount, session.Worker.Index, home.Index);
            }
        });
        await PassAsync(session, isHeard: false);
        await ForgetRoomAsync(session, isRoomEmpty);
    }

    /// <summary>
    /// When it completes, nothing that the home handed over before is still in a ring, and what a participant who is
    /// not heard any more said before is sent again to nobody who lost it.
    /// </summary>
    private Task PassAsync(ControlSession session, bool isHeard)
    {
        var home = HomeOf(session);
        return OnWorkersAsync(
            worker => worker != home,
            worker =>
            {
                if (!isHeard)
                {
                    worker.Rooms.Forget(session.Room.Number, session.Request.MediaId);
                }
            }
        );
    }

    public async Task ForgetRoomAsync(ControlSession session, bool isRoomEmpty)
    {
        if (isRoomEmpty)
        {
            await OnWorkersAsync(
                _ => true,
                worker =>
                {
                    worker.Rooms.RemoveHome(session.Room.Number);
                    worker.Rooms.RemoveAudience(session.Room.Number);
                }
            );
        }
    }

    /// <summary>
    /// At the same time on all that are meant. No <c>WhenAll</c>: it would hop over a thread of the pool, and a
    /// simulation has one thread.
    /// </summary>
    private async Task OnWorkersAsync(Func<MediaWorker, bool> isMeant, Action<MediaWorker> action)
    {
        Task[] tasks = [.. workers.Where(isMeant).Select(worker => worker.InvokeAsync(() => action(worker)))];
        foreach (var task in tasks)
        {
            await task;
        }
    }

    private MediaWorker HomeOf(ControlSession session) => workers[session.Room.HomeWorker];
}
