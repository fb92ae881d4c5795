using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;

namespace Spaces.Load.Sessions;

/// <summary>
/// Enters a room of a live system as encoders and players do: WHIP to speak (RFC 9725), WHEP to listen.
/// </summary>
internal sealed class WhipEntry : IMediaEntry
{
    private readonly HttpClient _http;
    private readonly string _room;
    private readonly string? _token;
    private readonly ConcurrentBag<(Uri Resource, string Token)> _opened = [];

    private WhipEntry(Uri server, string room, string? token, IPAddress? host)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(30) };
        _room = room;
        _token = token;
        Host = host;
    }

    public IPAddress? Host { get; }

    /// <param name="url">Of signaling, such as http://localhost:8080.</param>
    /// <param name="room">An existing room.</param>
    /// <param name="token">An access token for all, or null: a development server is asked for one for each.</param>
    /// <param name="cancellationToken">Ends the look-up of the address.</param>
    /// <exception cref="CommandLineException">The URL is none.</exception>
    public static async Task<WhipEntry> CreateAsync(
        string url,
        string room,
        string? token,
        CancellationToken cancellationToken
    )
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            throw new CommandLineException($"--url {url}: give an address such as http://localhost:8080.");
        }

        IPAddress? host = null;
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(server.Host, cancellationToken);
            host = addresses.FirstOrDefault(address => address.GetAddressBytes().Length == 4);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The request that follows says so better.
        }

        return new WhipEntry(server, room, token, host);
    }

    public async Task<string> OpenAsync(
        int participant,
        string offer,
        bool publishes,
        CancellationToken cancellationToken
    )
    {
        var token = _token ?? await AskForTokenAsync(participant, publishes, cancellationToken);
        var path = $"v1/rooms/{Uri.EscapeDataString(_room)}/{(publishes ? "whip" : "whep")}";
        using var content = new StringContent(offer, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        using var response = await SendAsync(request, token, cancellationToken);
        if (response.Headers.Location is { } location)
        {
            var resource = new Uri(new Uri(_http.BaseAddress!, path), location);
            _opened.Add((resource, token));
        }

        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        while (_opened.TryTake(out var session))
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, session.Resource);
            using var response = await SendAsync(request, session.Token, cancellationToken);
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> AskForTokenAsync(int participant, bool publishes, CancellationToken cancellationToken)
    {
        var wanted = new TokenRequest(
            $"load-{Environment.ProcessId}-{participant}",
            $"Load {participant}",
            new Grants(_room, Join: true, Speak: publishes, Listen: true)
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/dev/token")
        {
            Content = JsonContent.Create(wanted),
        };
        using var response = await SendAsync(request, token: null, cancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<TokenResponse>(cancellationToken);
        return answer?.Token ?? throw new IOException("The server's development token is missing from its answer.");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        string? token,
        CancellationToken cancellationToken
    )
    {
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw new IOException($"{request.Method} {request.RequestUri}: {failure.Message}", failure);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var reason = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new IOException($"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {reason}");
        }
    }

    private sealed record TokenRequest(
        [property: JsonPropertyName("identity")] string Identity,
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("grants")] Grants Grants
    );

    private sealed record Grants(
        [property: JsonPropertyName("room")] string Room,
        [property: JsonPropertyName("join")] bool Join,
        [property: JsonPropertyName("speak")] bool Speak,
        [property: JsonPropertyName("listen")] bool Listen
    );

    private sealed record TokenResponse([property: JsonPropertyName("token")] string? Token);
}
