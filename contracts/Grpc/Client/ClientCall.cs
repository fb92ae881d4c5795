using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>One call from this side: opens the request, reads the responses, and ends exactly once.</summary>
/// <remarks>
/// Whatever comes first ends the call and resets its stream: the server's status, a failure, the deadline, a
/// cancellation, disposal.
/// Everything that waits on the call then learns of that one end.
/// </remarks>
internal sealed class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly CallTransport _transport;
    private readonly Method<TRequest, TResponse> _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly TRequest? _single;
    private readonly DateTime? _deadline;
    private readonly bool _isGzip;
    private readonly CallCancellation _cancellation;
    private readonly RequestStream _requests = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MessageReader<TResponse>?> _responses = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private HttpResponseMessage? _response;
    private CallEnd? _end;

    /// <param name="transport">What the channel's calls share.</param>
    /// <param name="method">What to call.</param>
    /// <param name="host">The authority to ask for, where it is not the address's.</param>
    /// <param name="options">The caller's wishes.</param>
    /// <param name="single">The one request of a method that has one, else null.</param>
    public ClientCall(
        CallTransport transport,
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest? single
    )
    {
        _transport = transport;
        _method = method;
        _host = host;
        _options = options;
        _single = single;
        _deadline = CheckDeadline(options.Deadline);
        _isGzip = CallHeaders.WantsGzip(options);
        _cancellation = new CallCancellation(
            _deadline - DateTime.UtcNow,
            TimeProvider.System,
            request: null,
            options.CancellationToken,
            transport.Disposed
        );
        Messages = new MessageWriter<TRequest>(
            method.RequestMarshaller,
            transport.Options.MaxSendMessageSize,
            _isGzip ? CompressionLevel.Fastest : null
        );
        Requests = new ClientStreamWriter<TRequest, TResponse>(this, _requests) { WriteOptions = options.WriteOptions };
        Observe(_headers.Task);
    }

    public ClientStreamWriter<TRequest, TResponse> Requests { get; }

    public MessageWriter<TRequest> Messages { get; }

    public Task<Metadata> ResponseHeadersAsync => _headers.Task;

    public bool HasEnded => Volatile.Read(ref _end) is not null;

    /// <summary>Cancelled when the call ends, in whatever way.</summary>
    public CancellationToken Ended => _cancellation.Token;

    public void Start()
    {
        _cancellation.Token.UnsafeRegister(_ => End(Interruption()), null);
        _ = OpenAsync();
    }

    public Status GetStatus() => EndOrThrow().Status;

    public Metadata GetTrailers() => EndOrThrow().Trailers;

    public Task<TResponse> ReadSingleAsync()
    {
        var response = ReadSingleCoreAsync();
        Observe(response);
        return response;
    }

    /// <returns>The next response, or null where the call ended with OK.</returns>
    public async Task<TResponse?> ReadAsync()
    {
        var responses = await _responses.Task;
        if (responses is not null && !HasEnded)
        {
            try
            {
                if (await responses.ReadAsync(_cancellation.Token) is { } message)
                {
                    return message;
                }
                EndWithTrailers();
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
            responses.Complete();
        }
        return EndOrThrow().Status.StatusCode == StatusCode.OK ? null : throw Failure();
    }

    /// <summary>The call's end as the exception that everything waiting on it gets.</summary>
    public Exception Failure()
    {
        var end = EndOrThrow();
        var isInterrupted = end.Status.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded;
        return isInterrupted && _transport.Options.ThrowOperationCanceledOnCancellation
            ? new OperationCanceledException(end.Status.Detail, new RpcException(end.Status, end.Trailers))
            : new RpcException(end.Status, end.Trailers);
    }

    /// <summary>Ends the call with CANCELLED, unless it has ended.</summary>
    public void Cancel() => End(new Status(StatusCode.Cancelled, "The call was cancelled by its caller."));

    public void Dispose() => End(new Status(StatusCode.Cancelled, "The call was disposed before it ended."));

    private async Task OpenAsync()
    {
        try
        {
            var headers = await CallHeaders.WithCredentialsAsync(_transport, _method, _options, _cancellation.Token);
            var response = await SendAsync(new CallShape(_method, _host, _deadline, headers, _isGzip));
            Interlocked.Exchange(ref _response, response);
            if (HasEnded)
            {
                response.Dispose();
            }
            await ReadHeadersAsync(response);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        _responses.TrySetResult(null);
    }

    private Task<HttpResponseMessage> SendAsync(CallShape shape)
    {
        var policy = _transport.Rules.Of(_method);
        var sender = new RequestSender(_transport, policy, _options.IsWaitForReady, _requests.TryReset);
        if (_single is null)
        {
            return sender.SendAsync(
                (address, previous) => CallRequest.Create(address, shape, previous, new RequestBody(_requests)),
                _cancellation.Token
            );
        }

        var frame = Messages.Write(_single, _options.WriteOptions);
        return sender.SendAsync(
            (address, previous) => CallRequest.Create(address, shape, previous, new SingleRequestBody(frame)),
            _cancellation.Token
        );
    }

    private async Task ReadHeadersAsync(HttpResponseMessage response)
    {
        var metadata = CallStatus.ReadMetadata(response.Headers);
        if (CallStatus.Read(response.Headers) is { } status)
        {
            _headers.TrySetResult(Metadata.Empty);
            End(status, metadata);
            return;
        }
        if (CallStatus.CheckHeaders(response) is { } refusal)
        {
            End(refusal);
            return;
        }

        var isGzip =
            response.Headers.NonValidated.TryGetValues(GrpcHeaders.Encoding, out var encoding)
            && encoding.ToString() == GrpcHeaders.Gzip;
        var stream = await response.Content.ReadAsStreamAsync(_cancellation.Token);
        _headers.TrySetResult(metadata);
        _responses.TrySetResult(
            new MessageReader<TResponse>(
                PipeReader.Create(stream),
                _method.ResponseMarshaller,
                _transport.Options.MaxReceiveMessageSize,
                isGzip
            )
        );
    }

    private async Task<TResponse> ReadSingleCoreAsync()
    {
        var response = await ReadAsync();
        if (response is null)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The call ended with OK but without a response."));
        }
        if (await ReadAsync() is not null)
        {
            End(new Status(StatusCode.Internal, "The call has more than its one response."));
            throw Failure();
        }
        return response;
    }

    private void EndWithTrailers()
    {
        var trailers = _response!.TrailingHeaders;
        var status =
            CallStatus.Read(trailers) ?? new Status(StatusCode.Unknown, "The server ended the call without a status.");
        End(status, CallStatus.ReadMetadata(trailers));
    }

    private void Fail(Exception exception) =>
        End(_cancellation.Token.IsCancellationRequested ? Interruption() : CallStatus.OfFailure(exception));

    private Status Interruption() =>
        _cancellation.IsDeadlinePassed
            ? new Status(StatusCode.DeadlineExceeded, "The deadline passed before the call was done.")
            : new Status(StatusCode.Cancelled, "The call was cancelled.");

    private void End(Status status) => End(status, Metadata.Empty);

    private void End(Status status, Metadata trailers)
    {
        if (Interlocked.CompareExchange(ref _end, new CallEnd(status, trailers), null) is not null)
        {
            return;
        }

        _headers.TrySetException(Failure());
        _cancellation.Cancel();
        _cancellation.Dispose();
        Volatile.Read(ref _response)?.Dispose();
    }

    private CallEnd EndOrThrow() =>
        Volatile.Read(ref _end) ?? throw new InvalidOperationException("The call has not ended.");

    private static DateTime? CheckDeadline(DateTime? deadline)
    {
        if (deadline is not { } value || value == DateTime.MaxValue)
        {
            return null;
        }
        return value.Kind == DateTimeKind.Utc
            ? value
            : throw new InvalidOperationException("The deadline of a call must be in UTC: use DateTime.UtcNow.");
    }

    /// <summary>Nobody need await a call that is disposed, so its failure must not count as unobserved.</summary>
    private static void Observe(Task task) =>
        task.ContinueWith(
            failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
}
