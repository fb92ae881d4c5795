namespace Grpc.Core;

/// <summary>The result of a call, with the numbers of the gRPC protocol.</summary>
public enum StatusCode
{
    /// <summary>Done.</summary>
    OK = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>The handler failed in a way it did not describe.</summary>
    Unknown = 2,

    /// <summary>The request itself is wrong, whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>Time ran out; the work may have been done all the same.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be created exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit is reached: a quota, a size, the capacity of a node.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in a state in which this can be done; do not simply retry.</summary>
    FailedPrecondition = 9,

    /// <summary>A concurrent change got in the way; retry from the start.</summary>
    Aborted = 10,

    /// <summary>Past the valid range, for now.</summary>
    OutOfRange = 11,

    /// <summary>No such method here.</summary>
    Unimplemented = 12,

    /// <summary>The protocol or an invariant was broken.</summary>
    Internal = 13,

    /// <summary>Not reachable now; retry with a back-off.</summary>
    Unavailable = 14,

    /// <summary>Data is lost for good.</summary>
    DataLoss = 15,

    /// <summary>Who is calling could not be established.</summary>
    Unauthenticated = 16,
}
