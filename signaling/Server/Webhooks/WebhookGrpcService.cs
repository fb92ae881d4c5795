using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Rpc;
using Spaces.V1;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>Webhooks by request: parse, authorize, record, hand over. No rule lives here.</summary>
internal sealed class WebhookGrpcService(
    Callers callers,
    WebhookBook book,
    WebhookDispatcher dispatcher,
    IRoomStore rooms,
    SignalingOptions options,
    Audited audited,
    TimeProvider time
) : WebhookService.WebhookServiceBase
{
    private const int SecretLengthMin = 32;
    private const int SecretLengthMax = 256;
    private const int EventsMax = 50;

    public override async Task<CreateWebhookResponse> CreateWebhook(
        CreateWebhookRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        Callers.Check(WebhookAddresses.Problem(request.Url, options.WebhookPrivate, out _));
        var stray = request.Events.FirstOrDefault(name => !WebhookEvents.Names.Contains(name));
        Callers.Check(
            stray is null ? null : "events has a name of no event. Give names as WebhookEvent.event has them."
        );
        Callers.Check(request.Events.Count > EventsMax ? $"events has more than {EventsMax} entries." : null);
        Callers.Check(
            request.Secret.Length is 0 or (>= SecretLengthMin and <= SecretLengthMax)
                ? null
                : $"secret has {request.Secret.Length} characters. Give {SecretLengthMin}-{SecretLengthMax}, or none."
        );
        var present = await book.Records.ListAsync(
            RecordKey.Only,
            null,
            WebhookBook.CountMax,
            context.CancellationToken
        );
        if (present.Length >= WebhookBook.CountMax)
        {
            throw Callers.Error(
                StatusCode.ResourceExhausted,
                $"There are {WebhookBook.CountMax} webhooks. Delete one first."
            );
        }

        var secret = request.Secret.Length > 0 ? request.Secret : RandomIds.Next() + RandomIds.Next();
        var id = RandomIds.Next();
        var stored = new StoredWebhook(
            request.Url,
            secret,
            [.. request.Events.Distinct(StringComparer.Ordinal)],
            actor.Value,
            time.GetUtcNow()
        );
        await audited.DoAsync(
            actor,
            "webhook.create",
            id,
            new JsonObject { ["host"] = new Uri(request.Url).Host, ["events"] = string.Join(',', stored.Events) },
            async cancellation =>
                await book.Records.TrySaveAsync(RecordKey.Only, id, 0, stored, lifetime: null, cancellation),
            context.CancellationToken
        );
        book.Expect(id);
        return new CreateWebhookResponse { Webhook = Describe(id, stored), Secret = secret };
    }

    public override async Task<DeleteWebhookResponse> DeleteWebhook(
        DeleteWebhookRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        Callers.Check(RecordKey.IsName(request.WebhookId) ? null : "webhook_id is not the id of a webhook.");
        await audited.DoAsync(
            actor,
            "webhook.delete",
            request.WebhookId,
            [],
            async cancellation => await book.Records.DeleteAsync(RecordKey.Only, request.WebhookId, cancellation),
            context.CancellationToken
        );
        book.Expect(request.WebhookId);
        return new DeleteWebhookResponse();
    }

    public override async Task<ListWebhooksResponse> ListWebhooks(
        ListWebhooksRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        var stored = await book.Records.ListAsync(
            RecordKey.Only,
            null,
            WebhookBook.CountMax,
            context.CancellationToken
        );
        var fixedOnes = book.Targets.Where(target => target.CursorId != target.Id);
        return new ListWebhooksResponse
        {
            Webhooks =
            {
                fixedOnes.Select(target => new Webhook { Id = target.CursorId, Url = target.Url.AbsoluteUri }),
                stored.Select(record => Describe(record.Key.Id, record.Value)),
            },
        };
    }

    public override async Task<ReplayWebhooksResponse> ReplayWebhooks(
        ReplayWebhooksRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        await book.RefreshAsync(context.CancellationToken);
        var target =
            book.Targets.FirstOrDefault(each => each.CursorId == request.WebhookId)
            ?? throw Callers.Error(StatusCode.NotFound, "There is no such webhook. Check webhook_id.");
        if (
            !RoomId.TryParse(request.RoomId, out var id)
            || await rooms.LoadAsync(id, context.CancellationToken) is not { } room
        )
        {
            throw Callers.Error(Refusal.NoSuchRoom);
        }

        var isInLog = request.FromNumber >= 1 && request.FromNumber <= (ulong)room.Version;
        Callers.Check(isInLog ? null : $"from_number is {request.FromNumber}. Give 1-{room.Version}.");
        var from = (long)request.FromNumber;
        if (await rooms.ReadEventsAsync(id, from - 1, context.CancellationToken) is null)
        {
            throw Callers.Error(
                StatusCode.FailedPrecondition,
                "The log is no longer kept from from_number on. Give a higher one."
            );
        }

        await audited.DoAsync(
            actor,
            "webhook.replay",
            request.WebhookId,
            new JsonObject { ["room"] = id.Value, ["from"] = from },
            cancellation => dispatcher.ReplayAsync(id, target, from, cancellation),
            context.CancellationToken
        );
        return new ReplayWebhooksResponse();
    }

    private static Webhook Describe(string id, StoredWebhook stored) =>
        new()
        {
            Id = id,
            Url = stored.Url,
            Events = { stored.Events },
            CreatedBy = stored.CreatedBy,
            CreatedAt = stored.CreatedAt.ToTimestamp(),
        };
}
