using System.Globalization;
using Google.Protobuf;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Http;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Admin;

/// <summary>
/// The exports of AdminService as files to download: <c>/v1/admin/feedback.csv</c>, <c>.ndjson</c>, and
/// <c>/v1/admin/audit.csv</c>, <c>.ndjson</c>; with a token of the operator.
/// </summary>
internal sealed class ExportEndpoints(Exports exports, AccessTokens tokens, TimeProvider time)
{
    private delegate Task Export(Func<ByteString, Task> write, CancellationToken cancellationToken);

    public void Map(IEndpointRouteBuilder app)
    {
        foreach (var format in new[] { V1.ExportFormat.Csv, V1.ExportFormat.Ndjson })
        {
            var name = format == V1.ExportFormat.Csv ? "csv" : "ndjson";
            var feedback = new V1.ExportFeedbackRequest { Format = format };
            var audit = new V1.ExportAuditRequest { Format = format };
            app.MapGet(
                $"/v1/admin/feedback.{name}",
                context =>
                    ServeAsync(context, "feedback", name, (write, stop) => exports.FeedbackAsync(feedback, write, stop))
            );
            app.MapGet(
                $"/v1/admin/audit.{name}",
                context => ServeAsync(context, "audit", name, (write, stop) => exports.AuditAsync(audit, write, stop))
            );
        }
    }

    private async Task ServeAsync(HttpContext context, string what, string format, Export export)
    {
        if (!tokens.TryVerify(Bearer.Of(context.Request) ?? "", out var token, out var problem))
        {
            await Problem.WriteAsync(context, Refusal.Unauthenticated(problem));
            return;
        }

        if (!Callers.IsOperator(token))
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "The access token lacks the grant admin for all rooms."
            );
            return;
        }

        var response = context.Response;
        var day = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
        response.Headers.ContentDisposition = $"attachment; filename=\"{what}-{day}.{format}\"";
        response.Headers.CacheControl = "no-store";
        try
        {
            await export(
                piece => response.BodyWriter.WriteAsync(piece.Memory, context.RequestAborted).AsTask(),
                context.RequestAborted
            );
        }
        catch (RoomStoreUnavailableException) when (!response.HasStarted)
        {
            response.Headers.Remove("Content-Disposition");
            await Problem.WriteAsync(
                context,
                Refusal.Unavailable("The records cannot be reached now. Try again soon.")
            );
        }
        catch (RoomStoreUnavailableException)
        {
            context.Abort(); // A file that ends early must not look whole.
        }
    }
}
