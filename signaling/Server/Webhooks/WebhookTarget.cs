using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>Where events go.</summary>
/// <param name="Id">Names it, and the key that signs for it.</param>
/// <param name="Url">Checked.</param>
/// <param name="Events">Names of events; empty: all.</param>
/// <param name="Sign">HMAC-SHA256 by its secret.</param>
internal sealed record WebhookTarget(string Id, Uri Url, ImmutableHashSet<string> Events, Func<byte[], byte[]> Sign)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Names how far it has each room's log; another one than the id where several share a key.</summary>
    public string CursorId { get; init; } = Id;

    public bool Wants(string name) => Events.IsEmpty || Events.Contains(name);

    /// <summary>A JWT (RFC 7519, HS256) over the hash of the body.</summary>
    public string Token(byte[] body, DateTimeOffset now)
    {
        var header = Base64Url.EncodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8);
        var claims = Base64Url.EncodeToString(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    iss = Id,
                    nbf = now.AddMinutes(-1).ToUnixTimeSeconds(),
                    exp = (now + TokenLifetime).ToUnixTimeSeconds(),
                    sha256 = Convert.ToBase64String(SHA256.HashData(body)),
                },
                JsonSerializerOptions.Web
            )
        );
        var signature = Sign(Encoding.ASCII.GetBytes($"{header}.{claims}"));
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }
}
