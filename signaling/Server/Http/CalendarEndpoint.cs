using System.Globalization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Http;

/// <summary>
/// <c>GET /v1/rooms/{id}.ics</c>: a room as an event for people's calendars (RFC 5545).
/// </summary>
/// <remarks>
/// A calendar program has no access token: whoever has the link of a public or unlisted room may read it. A room for
/// followers wants the token of somebody who may see it.
/// </remarks>
internal sealed class CalendarEndpoint(
    RoomDirectory rooms,
    RoomVisibilityCheck visibility,
    AccessTokens tokens,
    TimeProvider time
)
{
    /// <summary>Nobody says beforehand how long a conversation lasts; a calendar wants a length.</summary>
    private const string DurationGuessed = "PT1H";

    private const string RemindBefore = "-PT10M";

    public async Task HandleAsync(HttpContext context)
    {
        var id = (string?)context.Request.RouteValues["room"] ?? "";
        var bearer = Bearer.Of(context.Request);
        AccessToken? token = null;
        if (bearer is not null && !tokens.TryVerify(bearer, out token, out var problem))
        {
            await Problem.WriteAsync(context, Refusal.Unauthenticated(problem));
            return;
        }

        var found = await rooms.ReadAsync(id, context.RequestAborted);
        if (found.IsRefused(out var refusal, out var room))
        {
            await Problem.WriteAsync(context, refusal);
            return;
        }

        if (await visibility.RefusalAsync(room, token, context.RequestAborted) is { } unseen)
        {
            await Problem.WriteAsync(context, unseen);
            return;
        }

        var response = context.Response;
        response.ContentType = "text/calendar; charset=utf-8";
        response.Headers.ContentDisposition = "attachment; filename=\"space.ics\"";
        response.Headers.CacheControl = "no-cache";
        var page = new Uri($"{context.Request.Scheme}://{context.Request.Host}/r/{room.Id.Value}");
        await response.WriteAsync(Write(room, page, time.GetUtcNow()), context.RequestAborted);
    }

    /// <param name="room">Scheduled, live or ended.</param>
    /// <param name="page">Where people join it.</param>
    /// <param name="now">When this is written.</param>
    public static string Write(Room room, Uri page, DateTimeOffset now)
    {
        var starts = room.StartsAt ?? room.StartedAt ?? room.CreatedAt;
        var isCancelled = room is { State: RoomState.Ended, StartedAt: null, StartsAt: not null };
        var text = new CalendarText()
            .Add("BEGIN", "VCALENDAR")
            .Add("VERSION", "2.0")
            .Add("PRODID", "-//Spaces//Spaces 1.0//EN")
            .Add("METHOD", isCancelled ? "CANCEL" : "PUBLISH")
            .Add("BEGIN", "VEVENT")
            .AddText("UID", $"{room.Id.Value}@{page.Host}")
            .AddTime("DTSTAMP", now)
            .Add("SEQUENCE", room.Version.ToString(CultureInfo.InvariantCulture))
            .AddTime("DTSTART", starts);
        if (room.EndedAt is { } ended && ended > starts)
        {
            text.AddTime("DTEND", ended);
        }
        else
        {
            text.Add("DURATION", DurationGuessed);
        }

        text.AddText("SUMMARY", room.Title)
            .AddText("DESCRIPTION", $"{room.Description}\n{page}".TrimStart('\n'))
            .Add("URL", page.AbsoluteUri)
            .AddText("LOCATION", page.AbsoluteUri)
            .Add("STATUS", isCancelled ? "CANCELLED" : "CONFIRMED");
        if (room.Topics.Count > 0)
        {
            text.AddCategories(room.Topics);
        }

        if (room.State == RoomState.Scheduled)
        {
            text.Add("BEGIN", "VALARM")
                .Add("ACTION", "DISPLAY")
                .AddText("DESCRIPTION", room.Title)
                .Add("TRIGGER", RemindBefore)
                .Add("END", "VALARM");
        }

        return text.Add("END", "VEVENT").Add("END", "VCALENDAR").ToString();
    }
}
