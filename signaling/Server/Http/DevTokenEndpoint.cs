using System.Text.Json;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Limits;

namespace Spaces.Signaling.Server.Http;

/// <summary><c>POST /v1/dev/token</c>: a token for whoever asks, in development mode only.</summary>
internal sealed class DevTokenEndpoint(SignalingOptions options, ActionLimits limits, TimeProvider time)
{
    private const int BodyLengthMax = 8 * 1024;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public async Task HandleAsync(HttpContext context)
    {
        if (!options.Development)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                "Tokens are given out here in development only; ask the application's own server for one."
            );
            return;
        }

        using var request = await ReadAsync(context);
        if (request is null || !ClaimsReader.TryText(request.RootElement, "identity", out var identity))
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "Send a JSON object of at most 8 KiB: {\"identity\":\"ada\",\"name\":\"Ada\",\"grants\":{}?}."
            );
            return;
        }

        var name = ClaimsReader.TryText(request.RootElement, "name", out var given) ? given : identity;
        var problem =
            RoomText.Problem("identity", identity, Identity.LengthMax)
            ?? RoomText.Problem("name", name, RoomText.NameLengthMax);
        if (problem is not null || !TryReadGrants(request.RootElement, out var grants))
        {
            problem ??= "grants must be an object such as {\"room\":\"*\",\"join\":true,\"listen\":true}.";
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, problem);
            return;
        }

        if (await Problem.IsTooOftenAsync(context, limits, LimitedAction.DevelopmentToken, new Identity(identity)))
        {
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        var expires = time.GetUtcNow() + Lifetime;
        var token = AccessTokens.Issue(options.ApiKeys[0], new Identity(identity), name, grants, expires);
        await context.Response.WriteAsJsonAsync(new { token }, context.RequestAborted);
    }

    private static bool TryReadGrants(JsonElement request, out Grants grants)
    {
        grants = Grants.Development;
        if (!request.TryGetProperty("grants", out var asked) || asked.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (
            asked.ValueKind != JsonValueKind.Object
            || !ClaimsReader.TryReadGrants(asked, Grants.AllRooms, out var read)
        )
        {
            return false;
        }

        grants = read;
        return true;
    }

    private static async Task<JsonDocument?> ReadAsync(HttpContext context)
    {
        if (await BoundedBody.ReadTextAsync(context.Request, BodyLengthMax, context.RequestAborted) is not { } body)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
