using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>The requests of a call, from its caller to the transport.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(
    ClientCall<TRequest, TResponse> call,
    RequestStream requests
) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private int _writesUnderWay;
    private bool _isComplete;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    /// <summary>Cancelling a write cancels the call, since half a message may have gone.</summary>
    /// <exception cref="RpcException">The call has ended; the status says how.</exception>
    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_isComplete)
        {
            throw new InvalidOperationException("The requests are complete: nothing can follow CompleteAsync.");
        }
        if (Interlocked.Exchange(ref _writesUnderWay, 1) == 1)
        {
            throw new InvalidOperationException("The write before is not done. Await each WriteAsync before the next.");
        }

        using var registration = cancellationToken.UnsafeRegister(_ => call.Cancel(), null);
        try
        {
            await WriteCoreAsync(message);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw call.HasEnded ? call.Failure() : new RpcException(CallStatus.OfFailure(exception));
        }
        finally
        {
            Volatile.Write(ref _writesUnderWay, 0);
        }
    }

    public Task CompleteAsync()
    {
        _isComplete = true;
        requests.Complete();
        return Task.CompletedTask;
    }

    private async Task WriteCoreAsync(TRequest message)
    {
        var stream = await requests.TakeAsync(call.Ended);
        call.Ended.ThrowIfCancellationRequested();
        await stream.WriteAsync(call.Messages.Write(message, WriteOptions), call.Ended);
        if (((WriteOptions?.Flags ?? WriteFlags.None) & WriteFlags.BufferHint) == 0)
        {
            await stream.FlushAsync(call.Ended);
        }
    }
}
