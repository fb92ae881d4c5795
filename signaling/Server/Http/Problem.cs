using System.Collections.Frozen;
using System.Text.Json;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Http;

/// <summary>An error as HTTP tells it: problem details (RFC 9457).</summary>
internal static class Problem
{
    private static readonly FrozenDictionary<StatusCode, int> Statuses = new Dictionary<StatusCode, int>
    {
        [StatusCode.InvalidArgument] = StatusCodes.Status422UnprocessableEntity,
        [StatusCode.Unauthenticated] = StatusCodes.Status401Unauthorized,
        [StatusCode.PermissionDenied] = StatusCodes.Status403Forbidden,
        [StatusCode.NotFound] = StatusCodes.Status404NotFound,
        [StatusCode.FailedPrecondition] = StatusCodes.Status409Conflict,
        [StatusCode.ResourceExhausted] = StatusCodes.Status503ServiceUnavailable,
        [StatusCode.Unavailable] = StatusCodes.Status503ServiceUnavailable,
    }.ToFrozenDictionary();

    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(
            JsonSerializer.Serialize(new { status, detail }, JsonSerializerOptions.Web),
            context.RequestAborted
        );
    }

    public static Task WriteAsync(HttpContext context, Refusal refusal) =>
        WriteAsync(context, refusal, StatusOf(refusal.Code));

    private static Task WriteAsync(HttpContext context, Refusal refusal, int status)
    {
        if (refusal.RetryAfter > TimeSpan.Zero)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(refusal.RetryAfter.TotalSeconds)
                .ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (refusal.Code == StatusCode.Unauthenticated)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return WriteAsync(context, status, refusal.Message);
    }

    /// <summary>Counts an action, and answers 429 with the time to wait (RFC 6585 section 4) if too often.</summary>
    public static async Task<bool> IsTooOftenAsync(
        HttpContext context,
        ActionLimits limits,
        LimitedAction action,
        Identity account
    )
    {
        if (limits.Take(action, account, context.Connection.RemoteIpAddress) is not { } refusal)
        {
            return false;
        }

        await WriteAsync(context, refusal, StatusCodes.Status429TooManyRequests);
        return true;
    }

    private static int StatusOf(StatusCode code) =>
        Statuses.GetValueOrDefault(code, StatusCodes.Status500InternalServerError);
}
