using System.Buffers.Text;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spaces.Signaling.Server.Access;

/// <summary>
/// Makes and checks resume tokens: a <see cref="Participation"/>, signed, good on every signaling node.
/// </summary>
/// <remarks>
/// <c>key id . participation . HMAC-SHA256</c>, each in base64url. The signing key is derived from the API key that the
/// bearer's access token came from, so taking that key away ends its resume tokens too.
/// </remarks>
internal sealed class ResumeTokens(IEnumerable<ApiKey> keys, TimeProvider time)
{
    public const int LengthMax = 4096;

    /// <summary>Longer than any visit; the visit itself ends the token's use before.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly FrozenDictionary<string, ApiKey> _keys = keys.ToFrozenDictionary(key => key.Id);

    public string Issue(Participation participation)
    {
        var expires = time.GetUtcNow() + Lifetime;
        var content = new Content(participation, expires);
        var body = Base64Url.EncodeToString(
            JsonSerializer.SerializeToUtf8Bytes(content, ParticipationJson.Default.Content)
        );
        var mac = _keys[participation.KeyId].SignResumption(Encoding.ASCII.GetBytes(body));
        var keyId = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(participation.KeyId));
        return $"{keyId}.{body}.{Base64Url.EncodeToString(mac)}";
    }

    /// <returns>False when the token is not ours, was changed, or has expired.</returns>
    public bool TryVerify(string text, [NotNullWhen(true)] out Participation? participation)
    {
        participation = null;
        var parts = text.Length > LengthMax ? [] : text.Split('.');
        if (
            parts.Length != 3
            || !parts.All(IsBase64Url)
            || !Base64Url.IsValid(parts[0])
            || !Base64Url.IsValid(parts[1])
        )
        {
            return false;
        }

        var keyId = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0]));
        if (!_keys.TryGetValue(keyId, out var key))
        {
            return false;
        }

        var expected = Base64Url.EncodeToUtf8(key.SignResumption(Encoding.ASCII.GetBytes(parts[1])));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(parts[2])))
        {
            return false;
        }

        var content = JsonSerializer.Deserialize(
            Base64Url.DecodeFromChars(parts[1]),
            ParticipationJson.Default.Content
        );
        if (content is null || content.Participation.KeyId != keyId || time.GetUtcNow() > content.Expires)
        {
            return false;
        }

        participation = content.Participation;
        return true;
    }

    /// <summary>What a media node keeps; it came from us over an authenticated channel and is not signed.</summary>
    public static byte[] ToContext(Participation participation) =>
        JsonSerializer.SerializeToUtf8Bytes(participation, ParticipationJson.Default.Participation);

    public static bool TryReadContext(ReadOnlySpan<byte> context, [NotNullWhen(true)] out Participation? participation)
    {
        participation = null;
        try
        {
            participation = JsonSerializer.Deserialize(context, ParticipationJson.Default.Participation);
        }
        catch (JsonException)
        {
            // Not ours, or of another version: nobody is known by it.
        }

        return participation is { Room: not null, Participant: not null, Identity: not null, Stay: not null };
    }

    private static bool IsBase64Url(string part) =>
        part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    internal sealed record Content(Participation Participation, DateTimeOffset Expires);
}

[JsonSerializable(typeof(ResumeTokens.Content))]
[JsonSerializable(typeof(Participation))]
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true
)]
internal sealed partial class ParticipationJson : JsonSerializerContext;
