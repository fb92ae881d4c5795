using System.Text.Encodings.Web;
using System.Text.Json;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;

namespace Spaces.Signaling.Server.Safety;

/// <summary>
/// Every takedown order, for everybody to read: <c>GET /v1/takedowns</c>, one JSON object a line, oldest first. Says
/// what was ordered and on which names, not who entered it.
/// </summary>
internal sealed class TakedownExport(TakedownDesk desk)
{
    private const int PageSize = 100;

    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        try
        {
            var page = await desk.Book.ListAsync(null, PageSize, stop);
            context.Response.ContentType = "application/x-ndjson";
            context.Response.Headers.CacheControl = "no-cache";
            while (!page.IsEmpty)
            {
                foreach (var order in page)
                {
                    var names = await desk.Book.ReadAsync(order.Id, stop);
                    await context.Response.Body.WriteAsync(Line(order, names), stop);
                }

                page = await desk.Book.ListAsync(page[^1].Id, PageSize, stop);
            }
        }
        catch (RoomStoreUnavailableException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (RoomStoreUnavailableException)
        {
            context.Abort(); // Nobody shall take a part for the whole.
        }
    }

    private static ReadOnlyMemory<byte> Line(KeptOrder kept, TakedownOrder? names)
    {
        var (id, order, inForce) = kept;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("case_number", order.CaseNumber);
            json.WriteString("notice", order.Notice);
            Write(json, "countries", order.Countries);
            Write(json, "accounts", (names?.Accounts ?? []).Select(account => account.Value));
            Write(json, "rooms", (names?.Rooms ?? []).Select(room => room.Value));
            json.WriteString("ordered_at", order.At);
            Write(json, "expires_at", order.ExpiresAt);
            Write(json, "lifted_at", order.LiftedAt);
            json.WriteBoolean("in_force", inForce);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } given)
        {
            json.WriteString(name, given);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
