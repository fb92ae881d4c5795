using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Accounts;

namespace Spaces.Signaling.Server.Admin;

/// <summary>Reads the rules that an operator wrote, and names the field where they are wrong.</summary>
internal sealed class RulesReader
{
    private const int StagesMax = 50;
    private const int AccountsMax = 10_000;
    private const int CodesMax = 1_000;

    private readonly List<string> _problems = [];
    private int _accounts;

    public static bool TryRead(
        V1.CapabilityRules rules,
        [NotNullWhen(true)] out CapabilityRules? read,
        [NotNullWhen(false)] out string? problem
    )
    {
        var reader = new RulesReader();
        var result = reader.Read(rules);
        problem = reader._problems.FirstOrDefault();
        read = problem is null ? result : null;
        return read is not null;
    }

    private CapabilityRules Read(V1.CapabilityRules rules)
    {
        var openings = ImmutableSortedDictionary.CreateBuilder<Capability, ImmutableArray<RolloutStage>>();
        foreach (var (i, opening) in rules.Openings.Index())
        {
            var field = Field("rules.openings", i);
            if (!CapabilityMessages.TryRead(opening.Capability, out var capability))
            {
                Problem($"{field}.capability is not set. Give CAPABILITY_HOST, _SPEAK or _LISTEN.");
            }
            else if (openings.ContainsKey(capability))
            {
                Problem($"{field}.capability is there a second time. Put its stages together.");
            }
            else
            {
                openings[capability] = ReadStages(opening, field);
            }
        }

        if (_accounts > AccountsMax)
        {
            Problem($"rules name {_accounts} accounts. Give at most {AccountsMax} in all.");
        }

        var codes = ImmutableSortedDictionary
            .Create<InvitedTo, int>()
            .Add(InvitedTo.Registration, Codes("registration_codes_per_account", rules.RegistrationCodesPerAccount))
            .Add(InvitedTo.Hosting, Codes("hosting_codes_per_account", rules.HostingCodesPerAccount));
        return new CapabilityRules(openings.ToImmutable(), codes);
    }

    private int Codes(string field, uint count)
    {
        if (count > CodesMax)
        {
            Problem($"rules.{field} is {count}. Give at most {CodesMax}.");
            return 0;
        }

        return (int)count;
    }

    private ImmutableArray<RolloutStage> ReadStages(V1.CapabilityOpening opening, string field)
    {
        if (opening.Stages.Count > StagesMax)
        {
            Problem($"{field}.stages are {opening.Stages.Count}. Give at most {StagesMax}.");
            return [];
        }

        var names = new HashSet<string>();
        return [.. opening.Stages.Select((stage, i) => ReadStage(stage, Field($"{field}.stages", i), names))];
    }

    private RolloutStage ReadStage(V1.CapabilityStage stage, string field, HashSet<string> names)
    {
        var isName =
            stage.Name.Length is > 0 and <= RolloutStage.NameLengthMax
            && stage.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        if (!isName)
        {
            Problem($"{field}.name is not 1-{RolloutStage.NameLengthMax} characters of [a-z0-9-].");
        }
        else if (!names.Add(stage.Name))
        {
            Problem($"{field}.name is '{stage.Name}', which another stage has. Take another.");
        }

        if (stage.Notice.Length > 0)
        {
            Problem(RoomText.Problem($"{field}.notice", stage.Notice, RolloutStage.NoticeLengthMax));
        }

        return new RolloutStage(stage.Name, [.. ReadConditions(stage, field)], stage.Notice);
    }

    private IEnumerable<Condition> ReadConditions(V1.CapabilityStage stage, string field)
    {
        if (stage.Accounts.Count > 0)
        {
            _accounts += stage.Accounts.Count;
            CheckEach(
                stage.Accounts,
                $"{field}.accounts",
                (name, id) => RoomText.Problem(name, id, Identity.LengthMax)
            );
            yield return new Condition.AllowList([.. stage.Accounts.Select(id => new Identity(id))]);
        }

        if (stage.StartsAt is { } start)
        {
            yield return new Condition.StartsAt(ReadTime(start, $"{field}.starts_at"));
        }

        if (stage.InvitedTo != V1.InvitationPurpose.Unspecified)
        {
            if (!CapabilityMessages.TryRead(stage.InvitedTo, out var invited))
            {
                Problem($"{field}.invited_to is unknown. Give INVITATION_PURPOSE_REGISTRATION or _HOSTING.");
            }

            yield return new Condition.Invited(invited);
        }

        foreach (var condition in ReadFacts(stage, field))
        {
            yield return condition;
        }

        if (stage.HasPercentage)
        {
            yield return new Condition.Share(ReadPercentage(stage.Percentage, $"{field}.percentage"));
        }
    }

    private IEnumerable<Condition> ReadFacts(V1.CapabilityStage stage, string field)
    {
        if (stage.HasFollowersMin)
        {
            if (stage.FollowersMin > int.MaxValue)
            {
                Problem($"{field}.followers_min is above {int.MaxValue}.");
            }

            yield return new Condition.FollowersMin((int)Math.Min(stage.FollowersMin, int.MaxValue));
        }

        if (stage.Countries.Count > 0)
        {
            CheckEach(stage.Countries, $"{field}.countries", Countries.Problem);
            yield return new Condition.InCountries([.. stage.Countries.Select(code => code.ToUpperInvariant())]);
        }

        if (stage.Platforms.Count > 0)
        {
            CheckEach(stage.Platforms, $"{field}.platforms", AccountText.PlatformProblem);
            yield return new Condition.OnPlatforms([.. stage.Platforms.Select(name => name.ToLowerInvariant())]);
        }
    }

    private DateTimeOffset ReadTime(Google.Protobuf.WellKnownTypes.Timestamp time, string field)
    {
        if (!Timestamps.TryRead(time, out var read))
        {
            Problem($"{field} is not a time.");
        }

        return read;
    }

    private int ReadPercentage(double percentage, string field)
    {
        var points = percentage * 100;
        if (!(points is >= 0 and <= Condition.Share.BasisPointsMax) || Math.Abs(points - Math.Round(points)) > 1e-6)
        {
            Problem($"{field} is not a number from 0 to 100 in steps of 0.01.");
            return 0;
        }

        return (int)Math.Round(points);
    }

    private void CheckEach(IEnumerable<string> values, string field, Func<string, string, string?> problem)
    {
        foreach (var (i, value) in values.Index())
        {
            Problem(problem(Field(field, i), value));
        }
    }

    private void Problem(string? problem)
    {
        if (problem is not null)
        {
            _problems.Add(problem);
        }
    }

    private static string Field(string list, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{list}[{index}]");
}
