namespace Spaces.Signaling.Server.Access;

/// <summary>The bearer token of a request (RFC 6750 section 2.1).</summary>
internal static class Bearer
{
    private const string Scheme = "Bearer ";

    public static string? Of(HttpRequest request) =>
        request.Headers.Authorization.Count == 1 ? Of(request.Headers.Authorization[0]) : null;

    /// <returns>Null when <paramref name="authorization"/> is no bearer token.</returns>
    public static string? Of(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim()
            : null;
}
