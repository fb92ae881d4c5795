using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client;

/// <summary>Sends the request of a call, to another address or again where that may help.</summary>
/// <remarks>
/// An address that cannot be reached has seen nothing of the call, so the next one is tried, whatever the method. A
/// failure that the server told, or that came after a connection was there, is retried only by a policy.
/// </remarks>
/// <param name="transport">What the channel's calls share.</param>
/// <param name="policy">What is made again; null for nothing.</param>
/// <param name="waitsForReady">Whether unreachable addresses are tried until the call is cancelled.</param>
/// <param name="tryReset">Makes the request sendable again; false where a part of it has gone for good.</param>
internal sealed class RequestSender(
    CallTransport transport,
    RetryPolicy? policy,
    bool waitsForReady,
    Func<bool> tryReset
)
{
    private const string PushbackHeader = "grpc-retry-pushback-ms";

    /// <param name="create">Makes the request: to an address, after so many attempts.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<HttpResponseMessage> SendAsync(
        Func<Uri, int, HttpRequestMessage> create,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan delay;
            try
            {
                var response = await SendToAnyAsync(address => create(address, attempt - 1), cancellationToken);
                if (CallStatus.Read(response.Headers) is not { } status)
                {
                    transport.Retries.Succeeded();
                    return response;
                }
                if (!MayRetry(status.StatusCode, attempt, PushbackOf(response), out delay))
                {
                    return response;
                }
                response.Dispose();
            }
            catch (Exception exception)
                when (!cancellationToken.IsCancellationRequested
                    && MayRetry(CallStatus.OfFailure(exception).StatusCode, attempt, null, out delay)
                ) { }
            await Task.Delay(delay, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendToAnyAsync(
        Func<Uri, HttpRequestMessage> create,
        CancellationToken cancellationToken
    )
    {
        for (var round = 1; ; round++)
        {
            HttpRequestException? unreachable = null;
            foreach (var address in transport.Addresses.NextOrder())
            {
                try
                {
                    var response = await transport.Http.SendAsync(create(address), cancellationToken);
                    transport.Addresses.Reached(address);
                    return response;
                }
                catch (HttpRequestException exception) when (IsUnreachable(exception))
                {
                    transport.Addresses.NotReached(address);
                    unreachable = exception;
                }
            }
            if (!waitsForReady)
            {
                throw unreachable!;
            }
            await Task.Delay(transport.ConnectionBackoff.After(round), cancellationToken);
        }
    }

    /// <summary>No connection came about, so nothing of the request can have been seen.</summary>
    private static bool IsUnreachable(HttpRequestException exception) =>
        exception.HttpRequestError
            is HttpRequestError.ConnectionError
                or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError;

    private bool MayRetry(StatusCode code, int attempt, string? pushback, out TimeSpan delay)
    {
        delay = default;
        if (code == StatusCode.OK)
        {
            transport.Retries.Succeeded();
            return false;
        }
        if (policy is null || !policy.RetryableStatusCodes.Contains(code) || !transport.Retries.TryTake())
        {
            return false;
        }
        var attemptsMax = Math.Min(policy.MaxAttempts!.Value, transport.Options.MaxRetryAttempts ?? int.MaxValue);
        return attempt < attemptsMax && TryGetDelay(attempt, pushback, out delay) && tryReset();
    }

    /// <summary>The server's own wish goes first: a number of milliseconds, or anything else for never.</summary>
    private bool TryGetDelay(int attempt, string? pushback, out TimeSpan delay)
    {
        if (pushback is null)
        {
            var (initial, max) = (policy!.InitialBackoff!.Value, policy.MaxBackoff!.Value);
            delay = Backoff.After(attempt, initial, max, policy.BackoffMultiplier!.Value);
            return true;
        }
        var isNumber = int.TryParse(pushback, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds);
        delay = TimeSpan.FromMilliseconds(milliseconds);
        return isNumber;
    }

    private static string? PushbackOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues(PushbackHeader, out var values) ? values.ToString() : null;
}
