namespace Spaces.Signaling.Domain;

/// <summary>What a person may do in a room. The numbers are those of the protocol and of stored events.</summary>
public enum Role
{
    Listener = 1,
    Speaker = 2,
    CoHost = 3,
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

    /// <summary>The host went, and the policy or the lack of an heir ended it.</summary>
    HostLeft = 4,

    /// <summary>The host's account was suspended, and nobody could take over.</summary>
    Suspended = 5,

    /// <summary>By an order that names the room.</summary>
    TakenDown = 6,

    /// <summary>It was scheduled and never started.</summary>
    Cancelled = 7,
}

/// <summary>Why somebody is no longer on the stage list.</summary>
public enum StageLeaveReason
{
    /// <summary>Not recorded: an event of before reasons were.</summary>
    Unknown = 0,

    /// <summary>Left the room, or did not come back in time.</summary>
    Left = 1,
    HandLowered = 2,
    MovedToAudience = 3,
    TurnOver = 4,
    InvitationWithdrawn = 5,
    InvitationDeclined = 6,
    Removed = 7,
    Banned = 8,
}

/// <summary>What was decided about an account's right to speak; it outlives the stay and beats every token.</summary>
public enum SpeakRight
{
    /// <summary>A host took the word away; only a host gives it back.</summary>
    Taken = 1,

    /// <summary>A host gave the word: the account comes in as a speaker.</summary>
    Given = 2,

    /// <summary>The turn is over; the account may ask again like anybody.</summary>
    Spent = 3,
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
