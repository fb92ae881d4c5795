using System.Collections.Immutable;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>A code and what became of it.</summary>
internal sealed record MadeCode(string Code, StoredCode State);

/// <summary>A code of somebody's own allowance, and how many more they may make.</summary>
internal sealed record OwnCode(MadeCode Code, int Left);

/// <summary>A part of the list of codes, newest first.</summary>
/// <param name="Codes">The codes.</param>
/// <param name="Last">The place of the last one; null: there were none.</param>
/// <param name="IsWhole">As many as were asked for: there may be more.</param>
internal sealed record CodePage(ImmutableArray<MadeCode> Codes, string? Last, bool IsWhole);

/// <summary>Makes, lists, revokes and redeems invitation codes.</summary>
/// <remarks>
/// What becomes of a code is one record, written with its version: of two who redeem it at once one comes first. Every
/// method may throw <see cref="RoomStoreUnavailableException"/>.
/// </remarks>
internal sealed class InvitationCodes(
    IRecordStore store,
    AccountBook accounts,
    RulesInForce rulesInForce,
    TimeProvider time
)
{
    /// <summary>The maker of the operator's own codes; no account is called so.</summary>
    public const string Operator = "";

    private static readonly StoredCodeEntry Entry = new();

    private readonly Records<StoredCode> _codes = new(
        store,
        "invitation-code",
        new RecordJson<StoredCode>(AccountJson.Default.StoredCode, schema: 1)
    );

    private readonly Records<StoredCodeEntry> _operatorsCodes = new(
        store,
        "operator-code",
        new RecordJson<StoredCodeEntry>(AccountJson.Default.StoredCodeEntry, schema: 1)
    );

    private readonly Records<StoredCodeEntry> _accountsCodes = new(
        store,
        "account-code",
        new RecordJson<StoredCodeEntry>(AccountJson.Default.StoredCodeEntry, schema: 1)
    );

    private readonly Records<StoredAllowance> _allowances = new(
        store,
        "invitation-allowance",
        new RecordJson<StoredAllowance>(AccountJson.Default.StoredAllowance, schema: 1)
    );

    /// <summary>Makes a code, whoever may do so.</summary>
    public async ValueTask<MadeCode> CreateAsync(
        InvitedTo to,
        string createdBy,
        string note,
        DateTimeOffset? expiresAt,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var state = new StoredCode(to, createdBy, now, note, expiresAt, null, null, Revoked: false);
        string code;
        do
        {
            code = InvitationCode.Next();
        } while (!await _codes.TrySaveAsync(code, RecordKey.Only, 0, state, lifetime: null, cancellationToken));

        // The entry names the code after a moment that sorts the newest first.
        var (entries, partition) = EntriesOf(createdBy);
        var id = $"{AuditLog.NewestFirst(now)}-{code}";
        await entries.TrySaveAsync(partition, id, 0, Entry, lifetime: null, cancellationToken);
        return new MadeCode(code, state);
    }

    /// <summary>Makes a code of the account's own allowance.</summary>
    /// <returns>The code, and how many more the account may make; null: none is left.</returns>
    public async ValueTask<OwnCode?> CreateOwnAsync(
        Identity identity,
        InvitedTo to,
        CancellationToken cancellationToken
    )
    {
        var common = await CommonAllowanceAsync(to, cancellationToken);
        var left = 0;
        await _allowances.UpdateAsync(
            identity.Value,
            IdOf(to),
            stored =>
            {
                var before = stored ?? new StoredAllowance(0, 0);
                left = Left(common, before);
                return left > 0 ? before with { Made = before.Made + 1 } : stored;
            },
            lifetime: null,
            cancellationToken
        );
        if (left == 0)
        {
            return null;
        }

        var code = await CreateAsync(to, identity.Value, note: "", expiresAt: null, cancellationToken);
        return new OwnCode(code, left - 1);
    }

    /// <summary>How many codes an account may still make.</summary>
    public async ValueTask<int> LeftAsync(Identity identity, InvitedTo to, CancellationToken cancellationToken)
    {
        var common = await CommonAllowanceAsync(to, cancellationToken);
        var stored = await _allowances.FindAsync(identity.Value, IdOf(to), cancellationToken);
        return Left(common, stored?.Value ?? new StoredAllowance(0, 0));
    }

    /// <summary>Lets an account make more codes than others, or fewer.</summary>
    /// <returns>How many it may still make.</returns>
    public async ValueTask<int> AdjustAsync(
        Identity identity,
        InvitedTo to,
        int more,
        CancellationToken cancellationToken
    )
    {
        await _allowances.UpdateAsync(
            identity.Value,
            IdOf(to),
            stored => new StoredAllowance((stored?.Extra ?? 0) + more, stored?.Made ?? 0),
            lifetime: null,
            cancellationToken
        );
        return await LeftAsync(identity, to, cancellationToken);
    }

    /// <summary>A page of what somebody made, newest first.</summary>
    /// <param name="createdBy">An identity, or <see cref="Operator"/>.</param>
    /// <param name="after">The place of the last one of the page before.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<CodePage> ListAsync(
        string createdBy,
        string? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var (entries, partition) = EntriesOf(createdBy);
        var page = await entries.ListAsync(partition, after, count, cancellationToken);
        var codes = page.Select(entry => entry.Key.Id[(entry.Key.Id.LastIndexOf('-') + 1)..]).ToArray();
        var found = await _codes.FindManyAsync(
            [.. codes.Select(code => _codes.Key(code, RecordKey.Only))],
            cancellationToken
        );
        return new CodePage(
            [
                .. codes
                    .Zip(found)
                    .Where(pair => pair.Second is not null)
                    .Select(pair => new MadeCode(pair.First, pair.Second!.Value)),
            ],
            page.IsEmpty ? null : page[^1].Key.Id,
            page.Length == count
        );
    }

    /// <summary>Takes a code back that nobody used.</summary>
    public async ValueTask<Outcome<MadeCode>> RevokeAsync(string typed, CancellationToken cancellationToken)
    {
        if (!InvitationCode.TryParse(typed, out var code))
        {
            return NoSuchCode;
        }

        var record = await _codes.UpdateAsync(
            code,
            RecordKey.Only,
            stored =>
                stored is null or { RedeemedBy: not null } or { Revoked: true }
                    ? stored
                    : stored with
                    {
                        Revoked = true,
                    },
            lifetime: null,
            cancellationToken
        );
        return record?.Value switch
        {
            null => NoSuchCode,
            { RedeemedBy: { } redeemer } => new Refusal(
                StatusCode.FailedPrecondition,
                $"The code was redeemed by {redeemer}. Take back that they are invited instead."
            ),
            var state => new MadeCode(code, state),
        };
    }

    /// <summary>Uses a code up for somebody, who is invited from then on.</summary>
    public async ValueTask<Outcome<MadeCode>> RedeemAsync(
        string typed,
        Identity redeemer,
        CancellationToken cancellationToken
    )
    {
        if (!InvitationCode.TryParse(typed, out var code))
        {
            return NoSuchCode;
        }

        var present = await _codes.FindAsync(code, RecordKey.Only, cancellationToken);
        if (present is null || !IsGoodFor(present.Value, redeemer))
        {
            return NoSuchCode;
        }

        var invited = await accounts.InvitedToAsync(redeemer, cancellationToken);
        if (present.Value.RedeemedBy is null && invited.HasFlag(present.Value.To))
        {
            return new Refusal(
                StatusCode.FailedPrecondition,
                "You are invited already. Keep the code, or give it to somebody else."
            );
        }

        var record = await _codes.UpdateAsync(
            code,
            RecordKey.Only,
            stored =>
                stored is not null && stored.RedeemedBy is null && IsGoodFor(stored, redeemer)
                    ? stored with
                    {
                        RedeemedBy = redeemer.Value,
                        RedeemedAt = time.GetUtcNow(),
                    }
                    : stored,
            lifetime: null,
            cancellationToken
        );
        if (record?.Value is not { } state || state.RedeemedBy != redeemer.Value)
        {
            return NoSuchCode;
        }

        await accounts.SetInvitedAsync(redeemer, state.To, invited: true, cancellationToken);
        return new MadeCode(code, state);
    }

    /// <summary>One answer for all that is wrong with a code: whoever guesses learns nothing.</summary>
    private static Refusal NoSuchCode { get; } =
        new(StatusCode.NotFound, "This code opens nothing: it is mistyped, or was used, revoked or ran out.");

    private bool IsGoodFor(StoredCode code, Identity redeemer) =>
        code.RedeemedBy is { } by ? by == redeemer.Value : !code.Revoked && !(code.ExpiresAt <= time.GetUtcNow());

    private (Records<StoredCodeEntry> Entries, string Partition) EntriesOf(string createdBy) =>
        createdBy == Operator ? (_operatorsCodes, RecordKey.Only) : (_accountsCodes, createdBy);

    private async ValueTask<int> CommonAllowanceAsync(InvitedTo to, CancellationToken cancellationToken) =>
        (await rulesInForce.GetAsync(cancellationToken)).Rules.CodesPerAccount.GetValueOrDefault(to);

    private static int Left(int common, StoredAllowance allowance) =>
        Math.Max(0, common + allowance.Extra - allowance.Made);

    private static string IdOf(InvitedTo to) => to == InvitedTo.Hosting ? "hosting" : "registration";
}
