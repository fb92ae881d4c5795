using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Sdp;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Sessions;

namespace Spaces.Sfu.Server.Control;

/// <summary>A session as the control service knows it.</summary>
internal sealed class ControlSession(SessionRequest request, RoomRecord room, MediaWorker worker)
{
    public SessionRequest Request { get; } = request;

    public RoomRecord Room { get; } = room;

    public MediaWorker Worker { get; } = worker;

    /// <summary>One change at a time: whoever holds it may use what stands below.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Null until it was opened.</summary>
    public MediaSession? Media { get; set; }

    /// <summary>What the last offer and answer agreed.</summary>
    public AudioSession? Audio { get; set; }

    public IceCredentials? LocalIce { get; set; }

    /// <summary>What the last answer was, for a request that is repeated.</summary>
    public SessionAnswer.Accepted? Answer { get; set; }

    /// <summary>The last restart: what was asked, and what was answered.</summary>
    public (string Asked, SessionAnswer.Accepted Answer)? Restart { get; set; }

    /// <summary>Its listener counts in the room.</summary>
    public bool IsAttached { get; set; }

    /// <summary>Closed or lost; whoever waited for the gate is too late.</summary>
    public bool IsGone { get; set; }

    /// <summary>Guarded by the table's lock.</summary>
    public MediaPermissions Permissions { get; set; } = request.Permissions;

    /// <summary>Guarded by the table's lock.</summary>
    public bool IsConnected { get; set; }
}
