using System.Buffers.Text;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Access;

/// <summary>
/// Verifies and issues access tokens: JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7515, RFC 7518).
/// </summary>
/// <remarks>
/// The algorithm belongs to the key, never to the token: <c>alg</c> must say HS256 and nothing else is looked at. The
/// signature is compared in its one canonical spelling and in constant time, before any claim is believed. An unknown
/// key
/// and a wrong signature get the same answer. EdDSA is not offered: the operator holds the keys and one algorithm is
/// one attack surface.
/// </remarks>
internal sealed class AccessTokens(IEnumerable<ApiKey> keys, TimeProvider time)
{
    public const int LengthMax = 4096;

    private const string NotGenuine = "The access token does not verify: its key is unknown or its signature is wrong.";

    /// <summary>How far clocks may be apart.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private readonly FrozenDictionary<string, ApiKey> _keys = keys.ToFrozenDictionary(key => key.Id);

    /// <param name="text">What the bearer sent.</param>
    /// <param name="token">What it allows.</param>
    /// <param name="problem">What is wrong, for the bearer; says nothing that helps to forge one.</param>
    public bool TryVerify(
        string text,
        [NotNullWhen(true)] out AccessToken? token,
        [NotNullWhen(false)] out string? problem
    )
    {
        token = null;
        if (text.Length == 0)
        {
            problem = "The access token is missing. Send it as a bearer token or in the first message.";
            return false;
        }

        if (text.Length > LengthMax)
        {
            problem = $"The access token is longer than {LengthMax} characters.";
            return false;
        }

        var parts = text.Split('.');
        if (parts.Length != 3 || !TryDecode(parts[0], out var header) || !TryDecode(parts[1], out var claims))
        {
            problem = "The access token is not a signed JWT (header.claims.signature).";
            return false;
        }

        using (header)
        using (claims)
        {
            problem = HeaderProblem(header.RootElement);
            if (
                problem is not null
                || !TryFindKey(parts, header.RootElement, claims.RootElement, out var key, out problem)
            )
            {
                return false;
            }

            problem = ClaimsReader.TimeProblem(claims.RootElement, time.GetUtcNow(), Leeway);
            return problem is null && ClaimsReader.TryRead(claims.RootElement, key.Id, out token, out problem);
        }
    }

    /// <summary>A token signed with the first key.</summary>
    public static string Issue(ApiKey key, Identity identity, string name, Grants grants, DateTimeOffset expires)
    {
        var header = Base64Url.EncodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8);
        var claims = Base64Url.EncodeToString(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    iss = key.Id,
                    sub = identity.Value,
                    name,
                    exp = expires.ToUnixTimeSeconds(),
                    spaces = grants,
                },
                JsonSerializerOptions.Web
            )
        );
        var signature = key.SignToken(Encoding.ASCII.GetBytes($"{header}.{claims}"));
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    private static string? HeaderProblem(JsonElement header)
    {
        if (!ClaimsReader.TryText(header, "alg", out var algorithm) || algorithm != "HS256")
        {
            return "The access token is not signed with HS256, the only algorithm accepted.";
        }

        return header.TryGetProperty("crit", out _)
            ? "The access token has critical header parameters (crit), which are not understood here."
            : null;
    }

    /// <summary>Finds the key that signed the token; false when none of ours did.</summary>
    private bool TryFindKey(
        string[] parts,
        JsonElement header,
        JsonElement claims,
        [NotNullWhen(true)] out ApiKey? key,
        [NotNullWhen(false)] out string? problem
    )
    {
        key = null;
        if (!ClaimsReader.TryText(header, "kid", out var id) && !ClaimsReader.TryText(claims, "iss", out id))
        {
            problem = "The access token names no key: set iss, or kid in its header.";
            return false;
        }

        problem = NotGenuine;
        if (!_keys.TryGetValue(id, out key))
        {
            return false;
        }

        var expected = Base64Url.EncodeToUtf8(key.SignToken(Encoding.UTF8.GetBytes($"{parts[0]}.{parts[1]}")));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(parts[2])))
        {
            return false;
        }

        problem = null;
        return true;
    }

    private static bool TryDecode(string part, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (part.Length == 0 || part.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            return false;
        }

        try
        {
            document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return false;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        document.Dispose();
        document = null;
        return false;
    }
}
