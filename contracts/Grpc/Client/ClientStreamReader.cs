using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>The responses of a call, for its caller.</summary>
internal sealed class ClientStreamReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call)
    : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;

    public TResponse Current =>
        _current
        ?? throw new InvalidOperationException("There is no message: await MoveNext first, and until it is false.");

    /// <summary>Cancelling the wait cancels the call.</summary>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(_ => call.Cancel(), null);
        _current = await call.ReadAsync();
        return _current is not null;
    }
}
