using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Safety;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>The webhooks: those of the environment and those that operators added, in memory.</summary>
internal sealed class WebhookBook
{
    public const int CountMax = 50;

    private readonly RecordMirror<StoredWebhook> _mirror;
    private readonly ImmutableArray<WebhookTarget> _fixed;
    private readonly bool _privateAllowed;
    private readonly AsyncGate _gate = new();

    public WebhookBook(IRecordStore store, SignalingOptions options)
    {
        _privateAllowed = options.WebhookPrivate;
        _mirror = new RecordMirror<StoredWebhook>(
            store,
            "webhook",
            new RecordJson<StoredWebhook>(WebhookJson.Default.StoredWebhook, schema: 1),
            _ => false
        );
        _fixed =
        [
            .. options.WebhookUrls.Select(url => new WebhookTarget(
                options.ApiKeys[0].Id,
                url,
                [],
                text => options.ApiKeys[0].SignToken(text)
            )
            {
                CursorId = $"env-{Hash(url.AbsoluteUri)}",
            }),
        ];
        Targets = _fixed;
    }

    /// <summary>As of the last refresh.</summary>
    public ImmutableArray<WebhookTarget> Targets { get; private set; }

    public Records<StoredWebhook> Records => _mirror.Records;

    /// <summary>The next refresh reads this one.</summary>
    public void Expect(string id) => _mirror.Expect(id);

    /// <summary>The next refresh reads all.</summary>
    public void Doubt() => _mirror.Doubt();

    public IDisposable Watch(Action hinted) => _mirror.Watch(hinted);

    /// <exception cref="RoomStoreUnavailableException">What was known goes on.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using (await _gate.EnterAsync(cancellationToken))
        {
            if (await _mirror.RefreshAsync(cancellationToken))
            {
                Targets = [.. _fixed, .. _mirror.Current.Select(Read).OfType<WebhookTarget>()];
            }
        }
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    /// <returns>Null when it may lead nowhere any more.</returns>
    private WebhookTarget? Read(KeyValuePair<string, StoredWebhook> record)
    {
        var key = Encoding.UTF8.GetBytes(record.Value.Secret);
        return WebhookAddresses.Problem(record.Value.Url, _privateAllowed, out var url) is null
            ? new WebhookTarget(record.Key, url!, [.. record.Value.Events], text => HMACSHA256.HashData(key, text))
            : null;
    }
}
