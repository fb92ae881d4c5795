namespace Spaces.Signaling.Server.Http;

/// <summary>Headers that keep a browser from doing with an answer what it is not for.</summary>
internal static class SecurityHeaders
{
    public static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    }

    /// <summary>
    /// For pages: only their own scripts run, only their own server is called, and nobody frames them.
    /// </summary>
    public static void ApplyToPage(HttpContext context)
    {
        // Not every browser counts WebSockets of the same host as 'self'.
        var host = context.Request.Host.Value ?? "";
        var sockets = IsPlain(host) ? $" ws://{host} wss://{host}" : "";
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            + $"media-src 'self' blob:; connect-src 'self'{sockets}; manifest-src 'self'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()";
        headers.XFrameOptions = "DENY";
    }

    private static bool IsPlain(string host) =>
        host.Length > 0 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '[' or ']');
}
