using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Admin;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Tells people what opened to them: the notice of the stage they are in, until they dismiss it.</summary>
/// <remarks>Every method may throw <see cref="RoomStoreUnavailableException"/>.</remarks>
internal sealed class NoticeBoard(IRecordStore store, RulesInForce rulesInForce, StagedCapabilities capabilities)
{
    private const int PageSize = 500;

    private static readonly StoredSeen Seen = new();

    private readonly Records<StoredSeen> _seen = new(
        store,
        "notice-seen",
        new RecordJson<StoredSeen>(AccountJson.Default.StoredSeen, schema: 1)
    );

    /// <summary>What <paramref name="facts"/>' account has not dismissed yet.</summary>
    public async ValueTask<ImmutableArray<V1.OperatorNotice>> UnseenAsync(
        AccountFacts facts,
        CancellationToken cancellationToken
    )
    {
        var rules = (await rulesInForce.GetAsync(cancellationToken)).Rules;
        if (!rules.Stages.Values.Any(stages => stages.Any(stage => stage.Notice.Length > 0)))
        {
            return [];
        }

        V1.OperatorNotice[] notices =
        [
            .. (await capabilities.AllAsync(facts, cancellationToken))
                .Where(each => each.Verdict.Stage is { Notice.Length: > 0 })
                .Select(each => Describe(each.Capability, each.Verdict.Stage!)),
        ];
        var seen = await _seen.FindManyAsync(
            [.. notices.Select(notice => _seen.Key(facts.Identity.Value, notice.NoticeId))],
            cancellationToken
        );
        return [.. notices.Zip(seen).Where(pair => pair.Second is null).Select(pair => pair.First)];
    }

    /// <returns>False when there is no such notice.</returns>
    public async ValueTask<bool> DismissAsync(Identity identity, string noticeId, CancellationToken cancellationToken)
    {
        var rules = (await rulesInForce.GetAsync(cancellationToken)).Rules;
        var exists = rules.Stages.Any(opening =>
            opening.Value.Any(stage => stage.Notice.Length > 0 && IdOf(opening.Key, stage) == noticeId)
        );
        if (exists)
        {
            await _seen.UpdateAsync(identity.Value, noticeId, seen => seen ?? Seen, lifetime: null, cancellationToken);
        }

        return exists;
    }

    /// <summary>Forgets what somebody saw.</summary>
    public async ValueTask DeleteOfAsync(Identity identity, CancellationToken cancellationToken)
    {
        while (await _seen.ListAsync(identity.Value, null, PageSize, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var record in page)
            {
                await _seen.DeleteAsync(identity.Value, record.Key.Id, cancellationToken);
            }
        }
    }

    private static V1.OperatorNotice Describe(Capability capability, RolloutStage stage) =>
        new()
        {
            NoticeId = IdOf(capability, stage),
            Title = $"{CapabilityText.Doing(capability)} is open to you now",
            Text = stage.Notice,
            Capability = CapabilityText.NameOf(capability),
            Stage = stage.Name,
        };

    private static string IdOf(Capability capability, RolloutStage stage) =>
        $"{CapabilityText.NameOf(capability)}.{stage.Name}";
}
