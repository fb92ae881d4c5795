using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Grpc.Core;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// Why something was not done: a code for programs, a sentence for people, and when trying again may help.
/// </summary>
/// <param name="Code">From the gRPC list.</param>
/// <param name="Message">What was wrong and what to do.</param>
/// <param name="RetryAfter">Zero: trying again changes nothing.</param>
internal sealed record Refusal(StatusCode Code, string Message, TimeSpan RetryAfter = default)
{
    private static readonly FrozenDictionary<StatusCode, string> CodeNames = new Dictionary<StatusCode, string>
    {
        [StatusCode.InvalidArgument] = "INVALID_ARGUMENT",
        [StatusCode.Unauthenticated] = "UNAUTHENTICATED",
        [StatusCode.PermissionDenied] = "PERMISSION_DENIED",
        [StatusCode.NotFound] = "NOT_FOUND",
        [StatusCode.FailedPrecondition] = "FAILED_PRECONDITION",
        [StatusCode.ResourceExhausted] = "RESOURCE_EXHAUSTED",
        [StatusCode.Unavailable] = "UNAVAILABLE",
    }.ToFrozenDictionary();

    /// <summary>The name of <see cref="Code"/> as the protocol spells it.</summary>
    public string CodeName => CodeNames.GetValueOrDefault(Code, "INTERNAL");

    public uint RetryAfterMs => (uint)RetryAfter.TotalMilliseconds;

    public static Refusal Unauthenticated(string message) => new(StatusCode.Unauthenticated, message);

    public static Refusal Invalid(string message) => new(StatusCode.InvalidArgument, message);

    public static Refusal NoSuchRoom { get; } = new(StatusCode.NotFound, "There is no such room. Check the link.");

    public static Refusal StoreUnavailable => Unavailable("The room's state cannot be reached now. Try again soon.");

    public static Refusal NoMediaNode => Unavailable("No media node can be reached now. Try again soon.");

    /// <summary>
    /// With a time to wait that differs from client to client, so that they do not come back all at once.
    /// </summary>
    public static Refusal Unavailable(string message) => new(StatusCode.Unavailable, message, Backoff());

    public static TimeSpan Backoff() => TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(500, 1500));

    public static Refusal Of(RoomRefusal refusal) =>
        new(
            refusal.Code switch
            {
                RefusalCode.InvalidArgument => StatusCode.InvalidArgument,
                RefusalCode.PermissionDenied => StatusCode.PermissionDenied,
                RefusalCode.NotFound => StatusCode.NotFound,
                RefusalCode.FailedPrecondition => StatusCode.FailedPrecondition,
                RefusalCode.ResourceExhausted => StatusCode.ResourceExhausted,
                _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Unknown refusal."),
            },
            refusal.Message
        );
}

/// <summary>Either what was asked for, or why not.</summary>
internal readonly record struct Outcome<T>(T? Value, Refusal? Refusal)
    where T : class
{
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);

    public bool IsRefused([NotNullWhen(true)] out Refusal? refusal, [NotNullWhen(false)] out T? value)
    {
        refusal = Refusal;
        value = Value;
        return refusal is not null;
    }
}
