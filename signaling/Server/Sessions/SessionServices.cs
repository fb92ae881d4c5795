using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>What every client session uses.</summary>
internal sealed record SessionServices(
    EntryRequests Entry,
    SessionRequests Requests,
    Departure Departure,
    SignalingOptions Options,
    SignalingMetrics Metrics,
    TimeProvider Time,
    ILogger<ClientSession> Logger
);

/// <summary>Where a connection's client is: in which room, as whom.</summary>
internal sealed record Seat(LiveRoom Room, Participant Participant);
