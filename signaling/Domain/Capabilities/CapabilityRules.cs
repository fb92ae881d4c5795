using System.Collections.Immutable;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Domain.Capabilities;

/// <summary>
/// The operator's rules: for each capability the stages in which it is opened, in order. An account is in the first
/// stage that admits it.
/// </summary>
/// <param name="Stages">
/// A capability that is absent is open to everybody; one without any stage is open to nobody.
/// </param>
/// <param name="CodesPerAccount">How many invitation codes each account may give away, by what they invite to.</param>
public sealed record CapabilityRules(
    ImmutableSortedDictionary<Capability, ImmutableArray<RolloutStage>> Stages,
    ImmutableSortedDictionary<InvitedTo, int> CodesPerAccount
)
{
    /// <summary>Everybody may do everything.</summary>
    public static CapabilityRules None { get; } =
        new(
            ImmutableSortedDictionary<Capability, ImmutableArray<RolloutStage>>.Empty,
            ImmutableSortedDictionary<InvitedTo, int>.Empty
        );

    /// <summary>Whether anything about an account matters for <paramref name="capability"/>.</summary>
    public bool HasRulesFor(Capability capability) => Stages.ContainsKey(capability);

    /// <summary>Whether an account may, and by which stage; or the rule that keeps it out.</summary>
    public CapabilityVerdict Decide(Capability capability, AccountFacts facts, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (!Stages.TryGetValue(capability, out var stages))
        {
            return CapabilityVerdict.Open;
        }

        ImmutableArray<Condition>? nearest = null;
        foreach (var stage in stages)
        {
            var unmet = stage.Unmet(capability, facts, now);
            if (unmet.IsEmpty)
            {
                return new CapabilityVerdict(stage, null);
            }

            if (nearest is not { } best || Distance(unmet) <= Distance(best))
            {
                nearest = unmet;
            }
        }

        var reason = nearest is { } conditions
            ? conditions[0].Explain(capability, facts)
            : $"{CapabilityText.Doing(capability)} is not open to anybody at present.";
        return new CapabilityVerdict(null, new RoomRefusal(RefusalCode.PermissionDenied, reason));
    }

    /// <summary>
    /// When a stage begins next by its date; null: none will. Until then the same account gets the same verdict.
    /// </summary>
    public DateTimeOffset? NextStart(DateTimeOffset now) =>
        Stages
            .Values.SelectMany(stages => stages)
            .SelectMany(stage => stage.Conditions)
            .OfType<Condition.StartsAt>()
            .Where(start => start.At > now)
            .Select(start => (DateTimeOffset?)start.At)
            .Min();

    /// <summary>
    /// How far an account is from a stage. A list of chosen accounts is the farthest of all: nobody can do anything
    /// about not being on it, so another stage says more.
    /// </summary>
    private static int Distance(ImmutableArray<Condition> unmet) =>
        unmet.Length + (unmet.Any(condition => condition is Condition.AllowList) ? 1000 : 0);
}
