using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Spaces.Signaling.Server.Access;

/// <summary>Which web pages may call: the server's own always, others when the operator listed them.</summary>
/// <remarks>
/// No cookie ever authenticates anything here, so a foreign page gains nothing by calling; the list keeps it from using
/// a visitor's browser as a client all the same. A request without an Origin does not come from a page: it is a native
/// client, and its first message must carry a token like everybody's.
/// </remarks>
internal sealed class OriginPolicy(ImmutableArray<string> allowed)
{
    private readonly FrozenSet<string> _allowed = allowed.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public bool Allows(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        return origins.Count switch
        {
            0 => true,
            1 => Allows(origins[0] ?? "") || IsOwn(origins[0], request),
            _ => false,
        };
    }

    public bool Allows(string origin) => _allowed.Contains(origin);

    /// <summary>Compares host and port; the scheme may differ where something before us ends TLS.</summary>
    private static bool IsOwn(string? origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
        && uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase)
        && Uri.TryCreate($"{uri.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own)
        && uri.Authority.Equals(own.Authority, StringComparison.OrdinalIgnoreCase);
}
