using System.Net.Http.Headers;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>Sends one request to one webhook.</summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly MediaTypeHeaderValue ContentType = new("application/webhook+json");

    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookSender> _logger;

    public WebhookSender(
        SignalingOptions options,
        WebhookTimings timings,
        TimeProvider time,
        ILogger<WebhookSender> logger
    )
    {
        (_time, _logger) = (time, logger);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false, // A proxy would connect in our place, unasked whereto.
            ConnectTimeout = timings.AnswerMax,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 16,
            ConnectCallback = (context, cancellation) =>
                WebhookAddresses.ConnectAsync(context.DnsEndPoint, options.WebhookPrivate, cancellation),
        };
        _client = new HttpClient(handler) { Timeout = timings.AnswerMax };
    }

    /// <returns>True when it was taken; else it is to be sent again.</returns>
    public async Task<bool> TrySendAsync(WebhookTarget target, byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url)
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = ContentType;
        request.Headers.TryAddWithoutValidation("Authorization", target.Token(body, _time.GetUtcNow()));
        try
        {
            using var answer = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                cancellationToken
            );
            if (answer.IsSuccessStatusCode)
            {
                return true;
            }

            SignalingLog.WebhookRefused(_logger, target.CursorId, (int)answer.StatusCode);
            return false;
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException
                || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            SignalingLog.WebhookUnreached(_logger, target.CursorId, error.GetType().Name);
            return false;
        }
    }

    public void Dispose() => _client.Dispose();
}
