using Google.Protobuf.Collections;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Rpc;
using Spaces.V1;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Takedown orders and closed countries by request: parse, authorize, hand over. No rule lives here.</summary>
internal sealed class TakedownGrpcService(
    Callers callers,
    TakedownDesk desk,
    RestrictionsInForce restrictions,
    TimeProvider time
) : TakedownService.TakedownServiceBase
{
    public const int NamesMax = 5_000;
    public const int CountriesMax = 250;
    public const int CaseNumberLengthMax = 100;

    public override async Task<OrderTakedownResponse> OrderTakedown(
        OrderTakedownRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        var count = request.Accounts.Count + request.Rooms.Count;
        Callers.Check(
            count is 0 or > NamesMax ? $"accounts and rooms have {count} entries together. Give 1-{NamesMax}." : null
        );
        foreach (var account in request.Accounts)
        {
            Callers.CheckIdentity(account, "an entry of accounts");
        }

        var stray = request.Rooms.FirstOrDefault(room => !RoomId.TryParse(room, out _));
        Callers.Check(stray is null ? null : "An entry of rooms is not the id of a Space.");
        Callers.Check(RoomText.Problem("case_number", request.CaseNumber, CaseNumberLengthMax));
        Callers.Check(RoomText.Problem("notice", request.Notice, Moderators.ReasonLengthMax));
        var lifetime = Moderators.ReadEnd(request.ExpiresAt, "expires_at", time.GetUtcNow(), out var expiresAt);
        var order = new TakedownRequest(
            request.CaseNumber,
            request.Notice,
            ReadCountries(request.Countries),
            [.. request.Accounts.Distinct(StringComparer.Ordinal)],
            [.. request.Rooms.Distinct(StringComparer.Ordinal)],
            expiresAt,
            lifetime
        );
        var given = await desk.OrderAsync(actor, order, context.CancellationToken);
        return new OrderTakedownResponse { Order = SafetyMessages.Of(given) };
    }

    public override async Task<LiftTakedownResponse> LiftTakedown(
        LiftTakedownRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        var order = await FindAsync(request.OrderId, context);
        if (!order.InForce || !await desk.LiftAsync(actor, order, context.CancellationToken))
        {
            throw Callers.Error(
                StatusCode.FailedPrecondition,
                "The order holds no more: it was lifted or has expired."
            );
        }

        var lifted = await FindAsync(request.OrderId, context);
        return new LiftTakedownResponse { Order = SafetyMessages.Of(lifted) };
    }

    public override async Task<GetTakedownResponse> GetTakedown(GetTakedownRequest request, ServerCallContext context)
    {
        callers.AuthenticateOperator(context);
        var order = await FindAsync(request.OrderId, context);
        var names = await desk.Book.ReadAsync(order.Id, context.CancellationToken);
        return new GetTakedownResponse
        {
            Order = SafetyMessages.Of(order),
            OrderedBy = order.Order.By,
            Accounts = { (names?.Accounts ?? []).Select(account => account.Value) },
            Rooms = { (names?.Rooms ?? []).Select(room => room.Value) },
        };
    }

    public override async Task<ListTakedownsResponse> ListTakedowns(
        ListTakedownsRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        var size = OpaquePageToken.PageSize(request.PageSize);
        var after = OpaquePageToken.Read(request.PageToken);
        var page = await desk.Book.ListAsync(after, size, context.CancellationToken);
        return new ListTakedownsResponse
        {
            Orders = { page.Select(SafetyMessages.Of) },
            NextPageToken = OpaquePageToken.After(page.LastOrDefault()?.Id, page.Length == size),
        };
    }

    public override async Task<SetServiceCountriesResponse> SetServiceCountries(
        SetServiceCountriesRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        var service = request.Service;
        Callers.Check(service is null ? "service is missing." : null);
        var isKnown = System.Enum.IsDefined(service!.Mode);
        Callers.Check(isKnown ? null : "service.mode is unknown. Give COUNTRY_LIST_MODE_CLOSED or another mode.");
        Callers.Check(RoomText.ProseProblem("service.notice", service.Notice, Moderators.ReasonLengthMax));
        var countries = ReadCountries(service.Countries);
        var isOpen = service.Mode == CountryListMode.Unspecified;
        Callers.Check(
            isOpen == (countries.Length == 0)
                ? null
                : "service.countries must be empty where the service is open everywhere, and else name countries."
        );
        await desk.SetCountriesAsync(
            actor,
            new Domain.Safety.ServiceCountries(
                (Domain.Safety.CountryListMode)service.Mode,
                [.. countries],
                service.Notice
            ),
            context.CancellationToken
        );
        return new SetServiceCountriesResponse();
    }

    public override async Task<GetServiceCountriesResponse> GetServiceCountries(
        GetServiceCountriesRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        var found = await restrictions.ServiceCountries.FindAsync(
            RecordKey.Only,
            RecordKey.Only,
            context.CancellationToken
        );
        var service = new ServiceCountries();
        if (found?.Value is { } stored)
        {
            service.Mode = (CountryListMode)stored.Mode;
            service.Countries.AddRange(stored.Countries.Order(StringComparer.Ordinal));
            service.Notice = stored.Notice;
        }

        return new GetServiceCountriesResponse { Service = service };
    }

    private static string[] ReadCountries(RepeatedField<string> codes)
    {
        Callers.Check(codes.Count > CountriesMax ? $"countries has more than {CountriesMax} entries." : null);
        var countries = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var code in codes)
        {
            Callers.Check(Countries.Problem("An entry of countries", code));
            countries.Add(code.ToUpperInvariant());
        }

        return [.. countries];
    }

    private async Task<KeptOrder> FindAsync(string id, ServerCallContext context) =>
        await desk.Book.FindAsync(id, context.CancellationToken)
        ?? throw Callers.Error(StatusCode.NotFound, "There is no such order. Check order_id.");
}
