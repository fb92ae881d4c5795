namespace Grpc.Core;

/// <summary>What a client wants of one call.</summary>
public readonly struct CallOptions
{
    /// <param name="headers">Metadata to send.</param>
    /// <param name="deadline">In UTC; when it passes the call ends with DEADLINE_EXCEEDED on both sides.</param>
    /// <param name="cancellationToken">Ends the call with CANCELLED.</param>
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default
    )
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
    }

    public Metadata? Headers { get; private init; }

    public DateTime? Deadline { get; private init; }

    public CancellationToken CancellationToken { get; private init; }

    /// <summary>Wishes for every message of the call.</summary>
    public WriteOptions? WriteOptions { get; private init; }

    /// <summary>Who calls, for this call alone.</summary>
    public CallCredentials? Credentials { get; private init; }

    /// <summary>Whether the call waits for a server that cannot be reached, until its deadline.</summary>
    public bool IsWaitForReady { get; private init; }

    public CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    public CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    public CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with
        {
            CancellationToken = cancellationToken,
        };

    public CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    public CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };

    public CallOptions WithWaitForReady(bool waitForReady = true) => this with { IsWaitForReady = waitForReady };
}
