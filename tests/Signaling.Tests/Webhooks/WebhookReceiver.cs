using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Spaces.Signaling.Tests.Webhooks;

/// <summary>One request that arrived.</summary>
internal sealed record Received(byte[] Body, string Authorization, string ContentType);

/// <summary>A system that is told of events, on a port of its own; it can refuse, hang, die and come back.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<Received> _taken = new();
    private WebApplication? _app;
    private int _refusals;
    private int _hangs;

    public Uri Url => new($"http://127.0.0.1:{Port}/hook");

    /// <summary>What it answered with 2xx, in order.</summary>
    public IReadOnlyCollection<Received> Taken => _taken;

    public int Port { get; private set; }

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        await receiver.ComeBackAsync();
        return receiver;
    }

    /// <summary>Answers the next requests with 500.</summary>
    public void Refuse(int requests) => Volatile.Write(ref _refusals, requests);

    /// <summary>Does not answer the next requests before the caller gives up.</summary>
    public void Hang(int requests) => Volatile.Write(ref _hangs, requests);

    public async Task DieAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app!.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        _app = builder.Build();
        _app.MapPost("/hook", TakeAsync);
        await _app.StartAsync();
        Port = new Uri(_app.Urls.Single()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await DieAsync();
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Interlocked.Decrement(ref _hangs) >= 0)
        {
            var gone = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return;
        }

        if (Interlocked.Decrement(ref _refusals) >= 0)
        {
            context.Response.StatusCode = 500;
            return;
        }

        _taken.Enqueue(
            new Received(
                body.ToArray(),
                context.Request.Headers.Authorization.ToString(),
                context.Request.ContentType ?? ""
            )
        );
    }
}
