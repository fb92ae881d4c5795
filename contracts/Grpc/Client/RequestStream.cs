namespace Grpc.Net.Client;

/// <summary>Where a call's requests go: the stream of whatever attempt is under way.</summary>
/// <remarks>Attempts may follow each other until the first message is written, since sent ones are not kept.</remarks>
internal sealed class RequestStream
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<Stream> _opened = NewSource();
    private bool _isTaken;

    /// <summary>Completes when no more requests follow.</summary>
    public Task Completed => _completed.Task;

    public void Complete() => _completed.TrySetResult();

    /// <summary>An attempt's connection has taken the headers.</summary>
    /// <exception cref="IOException">Messages went to an attempt before, and are not kept.</exception>
    public void Open(Stream stream)
    {
        lock (_gate)
        {
            if (!_isTaken && _opened.Task.IsCompleted)
            {
                _opened = NewSource();
            }
            if (!_opened.TrySetResult(stream))
            {
                throw new IOException("The connection broke after requests were written, which cannot be sent again.");
            }
        }
    }

    /// <summary>The stream to write to.</summary>
    public async Task<Stream> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var opened = Volatile.Read(ref _opened).Task;
            var stream = await opened.WaitAsync(cancellationToken);
            lock (_gate)
            {
                if (_opened.Task == opened)
                {
                    _isTaken = true;
                    return stream;
                }
            }
        }
    }

    /// <summary>Makes ready for another attempt; false where messages have been written.</summary>
    public bool TryReset()
    {
        lock (_gate)
        {
            if (!_isTaken)
            {
                _opened = NewSource();
            }
            return !_isTaken;
        }
    }

    private static TaskCompletionSource<Stream> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
