using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>The responses of a call, from its handler to the transport.</summary>
/// <remarks>A gate lets either a message or the end of the call through; after the end nothing is written.</remarks>
internal sealed class ServerStreamWriter<T>(
    PipeWriter pipe,
    StreamProtocol protocol,
    MessageWriter<T> messages,
    CallCancellation cancellation
) : IServerStreamWriter<T>, IDisposable
    where T : class
{
    private const int UnflushedLengthMax = 64 * 1024;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _writesUnderWay;
    private bool _isEnded;

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Whether a message is on its way, sent or waiting to be.</summary>
    public bool HasWritten { get; private set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    /// <exception cref="InvalidOperationException">The write before is not done, or the call has ended.</exception>
    /// <exception cref="OperationCanceledException">The client went away, or the deadline passed.</exception>
    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _writesUnderWay, 1) == 1)
        {
            throw new InvalidOperationException("The write before is not done. Await each WriteAsync before the next.");
        }

        try
        {
            using var linked = cancellation.LinkTo(cancellationToken);
            var token = linked?.Token ?? cancellation.Token;
            await _gate.WaitAsync(token);
            try
            {
                await WriteAsync(messages.Write(message, WriteOptions), token);
            }
            finally
            {
                _gate.Release();
            }
        }
        finally
        {
            Volatile.Write(ref _writesUnderWay, 0);
        }
    }

    /// <summary>Waits for a write under way and allows no other; false where that was done before.</summary>
    public async Task<bool> TryEndAsync()
    {
        await _gate.WaitAsync();
        var isFirst = !_isEnded;
        _isEnded = true;
        _gate.Release();
        return isFirst;
    }

    public void Dispose() => _gate.Dispose();

    private async Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (_isEnded)
        {
            throw new InvalidOperationException("The call has ended; nothing more can be written to it.");
        }

        HasWritten = true;
        protocol.Write(pipe, frame.Span);
        var mayWait = ((WriteOptions?.Flags ?? WriteFlags.None) & WriteFlags.BufferHint) != 0;
        if (mayWait && pipe.CanGetUnflushedBytes && pipe.UnflushedBytes < UnflushedLengthMax)
        {
            return;
        }
        var flush = await pipe.FlushAsync(cancellationToken);
        if (flush.IsCompleted)
        {
            cancellation.Cancel();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
