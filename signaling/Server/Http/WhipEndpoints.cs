using Grpc.Core;
using Microsoft.Net.Http.Headers;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;
using Participant = Spaces.Signaling.Server.Rooms.Participant;

namespace Spaces.Signaling.Server.Http;

/// <summary>WHIP (RFC 9725) and WHEP: take part in a room by HTTP alone, to publish or to listen.</summary>
/// <remarks>
/// Whoever comes in here is a participant like others. The answer holds every candidate there is, so trickled ones are
/// taken and not needed. A resource answers only the account that made it, or an administrator.
/// </remarks>
internal sealed class WhipEndpoints(
    Admission admission,
    Departure departure,
    ParticipantMedia media,
    Relocation relocation,
    RoomDirectory rooms,
    AccessTokens tokens,
    ActionLimits limits
)
{
    private const string Sdp = "application/sdp";
    private const string Fragment = "application/trickle-ice-sdpfrag";

    public void Map(IEndpointRouteBuilder app)
    {
        Map(app, "whip", ParticipationKind.Whip);
        Map(app, "whep", ParticipationKind.Whep);
    }

    private void Map(IEndpointRouteBuilder app, string path, ParticipationKind kind)
    {
        var endpoint = $"/v1/rooms/{{room}}/{path}";
        app.MapPost(endpoint, context => CreateAsync(context, kind));
        app.MapMethods(endpoint, ["OPTIONS"], Describe);
        app.MapMethods(endpoint, ["GET", "HEAD"], PeekAsync);
        app.MapMethods(endpoint, ["PUT", "PATCH", "DELETE"], RefuseMethodAsync);
        var resource = endpoint + "/{resource}";
        app.MapPatch(resource, context => PatchAsync(context, kind));
        app.MapDelete(resource, context => DeleteAsync(context, kind));
        app.MapMethods(resource, ["OPTIONS"], Describe);
        app.MapMethods(resource, ["PUT", "POST"], RefuseMethodAsync);
        app.MapMethods(resource, ["GET", "HEAD"], context => ShowAsync(context, kind));
    }

    private static Task Describe(HttpContext context)
    {
        context.Response.Headers["Accept-Post"] = Sdp;
        context.Response.Headers["Accept-Patch"] = Fragment;
        context.Response.Headers.Allow = context.Request.RouteValues.ContainsKey("resource")
            ? "OPTIONS, GET, HEAD, PATCH, DELETE"
            : "OPTIONS, GET, HEAD, POST";
        return Task.CompletedTask;
    }

    private static async Task RefuseMethodAsync(HttpContext context)
    {
        await Describe(context);
        await Problem.WriteAsync(
            context,
            StatusCodes.Status405MethodNotAllowed,
            "The address does not take this method; the header Allow names those it takes."
        );
    }

    /// <summary>GET and HEAD are reserved and empty; the type says what to post.</summary>
    private async Task PeekAsync(HttpContext context)
    {
        if (await AuthenticateAsync(context) is not null)
        {
            context.Response.ContentType = Sdp;
        }
    }

    private async Task CreateAsync(HttpContext context, ParticipationKind kind)
    {
        if (await AuthenticateAsync(context) is not { } token)
        {
            return;
        }

        if (!HasType(context, Sdp))
        {
            await Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, $"Send {Sdp}.");
            return;
        }

        var stop = context.RequestAborted;
        var offer = await BoundedBody.ReadTextAsync(context.Request, ParticipantMedia.OfferLengthMax, stop);
        if (OfferProblem(offer, kind) is { } problem)
        {
            await Problem.WriteAsync(context, StatusCodes.Status422UnprocessableEntity, problem);
            return;
        }

        if (
            kind == ParticipationKind.Whip
            && await Problem.IsTooOftenAsync(context, limits, LimitedAction.Whip, token.Identity)
        )
        {
            return;
        }

        var entry = new Entry(token, RoomOf(context), kind, offer!, Muted: false, Connection: null);
        var outcome = await admission.EnterAsync(entry, _ => { }, stop);
        if (outcome.IsRefused(out var refusal, out var admitted))
        {
            await Problem.WriteAsync(context, refusal);
            return;
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.ContentType = Sdp;
        response.Headers.Location = $"{context.Request.Path}/{admitted.Participant.Participation.Resource}";
        response.Headers.ETag = Quoted(admitted.Media!.IceTag);
        response.Headers["Accept-Patch"] = Fragment;
        await response.WriteAsync(admitted.Media.Answer, stop);
    }

    private async Task PatchAsync(HttpContext context, ParticipationKind kind)
    {
        if (await FindAsync(context, kind) is not { } found)
        {
            return;
        }

        if (!HasType(context, Fragment))
        {
            await Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, $"Send {Fragment}.");
            return;
        }

        var ifMatch = context.Request.Headers.IfMatch.ToString();
        if (ifMatch.Length == 0)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status428PreconditionRequired,
                "Send If-Match: the ETag to add candidates, or \"*\" to restart ICE."
            );
            return;
        }

        var text = await BoundedBody.ReadTextAsync(context.Request, IceFragment.LengthMax, context.RequestAborted);
        if (text is null || !IceFragment.TryParse(text, out var credentials))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "The body is no SDP fragment.");
            return;
        }

        if (ifMatch is "*" or "\"*\"")
        {
            await RestartAsync(context, found, credentials);
        }
        else if (found.IceTag is { } tag && ifMatch != Quoted(tag))
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status412PreconditionFailed,
                "The ETag is of another ICE session; it was restarted since."
            );
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task RestartAsync(HttpContext context, Participant participant, IceCredentials? credentials)
    {
        if (credentials is null)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "An ICE restart needs new a=ice-ufrag and a=ice-pwd lines."
            );
            return;
        }

        var outcome = await media.RestartIceAsync(
            participant,
            session => new RestartIceRequest { SessionId = session, Credentials = credentials },
            context.RequestAborted
        );
        if (outcome.IsRefused(out var refusal, out var answer))
        {
            await Problem.WriteAsync(context, refusal);
            return;
        }

        participant.IceTag = answer.IceUfrag;
        context.Response.ContentType = Fragment;
        context.Response.Headers.ETag = Quoted(answer.IceUfrag);
        await context.Response.WriteAsync(answer.Sdp, context.RequestAborted);
    }

    private async Task DeleteAsync(HttpContext context, ParticipationKind kind)
    {
        if (await FindAsync(context, kind) is { } found)
        {
            var room = await rooms.FindLiveAsync(RoomOf(context), context.RequestAborted);
            if (room.Value is { } live)
            {
                await departure.LeaveAsync(live, found);
            }
        }
    }

    private async Task ShowAsync(HttpContext context, ParticipationKind kind)
    {
        if (await FindAsync(context, kind) is { IceTag: { } tag })
        {
            context.Response.Headers.ETag = Quoted(tag);
        }
    }

    private static string RoomOf(HttpContext context) => (string?)context.Request.RouteValues["room"] ?? "";

    private static string Quoted(string tag) => $"\"{tag}\"";

    private static bool HasType(HttpContext context, string type) =>
        MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var value)
        && value.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>What the media node cannot know: which way the audio must flow at this address.</summary>
    private static string? OfferProblem(string? offer, ParticipationKind kind)
    {
        if (offer is not { Length: > 0 })
        {
            return "The offer is empty, not UTF-8, or longer than 64 KiB.";
        }

        var directions = offer.Split('\n').Select(line => line.TrimEnd('\r')).ToHashSet();
        if (kind == ParticipationKind.Whip)
        {
            return directions.Contains("a=recvonly") || directions.Contains("a=inactive")
                ? "A WHIP offer only sends: make its audio line sendonly (RFC 9725 section 4.2)."
                : null;
        }

        return directions.Contains("a=sendonly") || directions.Contains("a=sendrecv")
            ? "A WHEP offer only receives: make its audio lines recvonly."
            : null;
    }

    /// <returns>Null when the request was answered: it carries no good token.</returns>
    private async Task<AccessToken?> AuthenticateAsync(HttpContext context)
    {
        if (tokens.TryVerify(Bearer.Of(context.Request) ?? "", out var token, out var problem))
        {
            return token;
        }

        await Problem.WriteAsync(context, Refusal.Unauthenticated(problem));
        return null;
    }

    /// <returns>Null when the request was answered: no good token, no such resource, or somebody else's.</returns>
    private async Task<Participant?> FindAsync(HttpContext context, ParticipationKind kind)
    {
        if (await AuthenticateAsync(context) is not { } token)
        {
            return null;
        }

        var resource = (string?)context.Request.RouteValues["resource"] ?? "";
        var room = await rooms.FindLiveAsync(RoomOf(context), context.RequestAborted);
        Participant? found = null;
        if (room.Value is { } live)
        {
            using (await live.EnterAsync(context.RequestAborted))
            {
                found = live.People.FindResource(resource);
            }

            found ??= await relocation.BringHereAsync(live, resource, context.RequestAborted);
        }

        if (found is null || found.Participation.Kind != kind)
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "There is no such session (any more).");
            return null;
        }

        var mayTouch =
            token.Grants.Covers(new RoomId(RoomOf(context)))
            && (token.Identity == found.Identity || token.Grants.Admin);
        if (mayTouch)
        {
            return found;
        }

        await Problem.WriteAsync(
            context,
            new Refusal(StatusCode.PermissionDenied, "The session belongs to another account.")
        );
        return null;
    }
}
