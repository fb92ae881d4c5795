namespace Spaces.Signaling.Domain;

/// <summary>What a person may do in a room. The numbers are those of the protocol and of stored events.</summary>
public enum Role
{
    Listener = 1,
    Speaker = 2,
    Host = 4,
}

/// <summary>Where a room is in its life.</summary>
public enum RoomState
{
    Unopened = 0,
    Scheduled = 1,
    Live = 2,
    Ended = 3,
}

/// <summary>Why a room ended.</summary>
public enum RoomEndReason
{
    Host = 1,
    Administrator = 2,
    Empty = 3,
}

/// <summary>Why a command was refused, for programs.</summary>
public enum RefusalCode
{
    InvalidArgument,
    PermissionDenied,
    NotFound,
    FailedPrecondition,
    ResourceExhausted,
}

/// <summary>Why a command was refused: a code for programs and a sentence for people.</summary>
public sealed record RoomRefusal(RefusalCode Code, string Message);
