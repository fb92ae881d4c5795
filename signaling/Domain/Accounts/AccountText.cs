namespace Spaces.Signaling.Domain.Accounts;

/// <summary>What the texts of an account must keep to.</summary>
public static class AccountText
{
    public const int AvatarLengthMax = 2048;
    public const int PlatformLengthMax = 32;

    /// <summary>
    /// An https URL and nothing else: it is put before every visitor's browser, which must not be made to fetch over
    /// plain http, nor to show a name and password that somebody put there.
    /// </summary>
    /// <returns>Null when fine; else a sentence that names <paramref name="field"/>.</returns>
    public static string? AvatarProblem(string field, string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.Length > AvatarLengthMax)
        {
            return $"{field} has {url.Length} characters. Give at most {AvatarLengthMax}.";
        }

        var isFine =
            url.All(c => c is > ' ' and not '"' and not '<' and not '>' and not '\\' and < '\u007f')
            && Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttps
            && uri.Host.Length > 0
            && uri.UserInfo.Length == 0;
        return isFine ? null : $"{field} is not an https URL. Give one such as https://example.org/ada.png.";
    }

    /// <returns>Null when fine; else a sentence that names <paramref name="field"/>.</returns>
    public static string? PlatformProblem(string field, string platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        var isFine =
            platform.Length is > 0 and <= PlatformLengthMax
            && platform.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isFine
            ? null
            : $"{field} is not a platform. Give 1-{PlatformLengthMax} characters of [a-z0-9._-], such as ios or web.";
    }
}
