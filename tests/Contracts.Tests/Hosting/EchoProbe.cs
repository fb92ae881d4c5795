using System.Collections.Concurrent;
using Grpc.Core;

namespace Spaces.Contracts.Tests.Hosting;

/// <summary>What a test can see of the service from outside.</summary>
internal sealed class EchoProbe
{
    /// <summary>As <c>fail_with</c>: throw what no handler should.</summary>
    public const int BugCode = 99;

    public const string BugText = "the password is swordfish";

    private int _hanging;

    /// <summary>Completes when a handler saw its call cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Once completed, calls that wait for their end are answered instead.</summary>
    public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls that wait for their end now.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    /// <summary>The most there were at once.</summary>
    public int HangingMost { get; private set; }

    /// <summary>So many calls fail with UNAVAILABLE before any is served.</summary>
    public int FailuresLeft { get; set; }

    /// <summary>Every call since the start, for as long as <see cref="KeepsCalls"/>.</summary>
    public ConcurrentQueue<ServerCallContext> Calls { get; } = new();

    /// <summary>False where memory is measured: a call that is kept keeps its whole request.</summary>
    public bool KeepsCalls { get; set; } = true;

    public void Note(ServerCallContext call)
    {
        if (KeepsCalls)
        {
            Calls.Enqueue(call);
        }
    }

    public void Hang() => HangingMost = Math.Max(HangingMost, Interlocked.Increment(ref _hanging));

    public void Unhang() => Interlocked.Decrement(ref _hanging);
}
