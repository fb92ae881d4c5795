using System.Collections.Immutable;
using System.Globalization;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Domain.Capabilities;

/// <summary>One thing that a stage asks of an account. Closed: the cases below are all there are.</summary>
/// <remarks>A fact that is unknown meets no condition.</remarks>
public abstract record Condition
{
    private Condition() { }

    /// <summary>Whether <paramref name="facts"/> meet the condition at <paramref name="now"/>.</summary>
    internal abstract bool Admits(Capability capability, AccountFacts facts, DateTimeOffset now);

    /// <summary>Why not, for the person: what the rule is, and how they stand to it.</summary>
    internal abstract string Explain(Capability capability, AccountFacts facts);

    /// <summary>Only accounts that are named.</summary>
    public sealed record AllowList(ImmutableHashSet<Identity> Accounts) : Condition
    {
        internal override bool Admits(Capability capability, AccountFacts facts, DateTimeOffset now) =>
            Accounts.Contains(facts.Identity);

        internal override string Explain(Capability capability, AccountFacts facts) =>
            $"{CapabilityText.Doing(capability)} is open to a list of chosen accounts only; yours is not among them.";

        public bool Equals(AllowList? other) => other is not null && Accounts.SetEquals(other.Accounts);

        public override int GetHashCode() => Accounts.Count;
    }

    /// <summary>At least so many followers.</summary>
    public sealed record FollowersMin(int Count) : Condition
    {
        internal override bool Admits(Capability capability, AccountFacts facts, DateTimeOffset now) =>
            facts.Followers >= Count;

        internal override string Explain(Capability capability, AccountFacts facts)
        {
            var yours = facts.Followers is { } followers
                ? string.Create(CultureInfo.InvariantCulture, $"yours has {followers}")
                : "how many yours has is not known";
            var count = Count == 1 ? "follower" : "followers";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{CapabilityText.Doing(capability)} is open to accounts with at least {Count} {count}; {yours}."
            );
        }
    }

    /// <summary>Only in these countries: ISO 3166-1, two capitals.</summary>
    public sealed record InCountries(ImmutableSortedSet<string> Countries) : Condition
    {
        internal override bool Admits(Capability capability, AccountFacts facts, DateTimeOffset now) =>
            facts.Country is { } country && Countries.Contains(country);

        internal override string Explain(Capability capability, AccountFacts facts)
        {
            var where = CapabilityText.Enumerate(Countries.Select(Domain.Accounts.Countries.NameOf), "and");
            var yours = facts.Country is { } country
                ? $"your account is in {Domain.Accounts.Countries.NameOf(country)}"
                : "the country of your account is not known";
            return $"{CapabilityText.Doing(capability)} is open in {where}; {yours}.";
        }

        public bool Equals(InCountries? other) => other is not null && Countries.SetEquals(other.Countries);

        public override int GetHashCode() => Countries.Count;
    }

    /// <summary>Only on these platforms, in small letters.</summary>
    public sealed record OnPlatforms(ImmutableSortedSet<string> Platforms) : Condition
    {
        internal override bool Admits(Capability capability, AccountFacts facts, DateTimeOffset now) =>
            facts.Platform is { } platform && Platforms.Contains(platform);

        internal override string Explain(Capability capability, AccountFacts facts)
        {
            var where = CapabilityText.Enumerate(Platforms, "and");
            var yours = facts.Platform is { } platform ? $"you use {platform}" : "what you use is not known";
            return $"{CapabilityText.Doing(capability)} is open on {where}; {yours}.";
        }

        public bool Equals(OnPlatforms? other) => other is not null && Platforms.SetEquals(other.Platforms);

        public override int GetHashCode() => Platforms.Count;
    }

    /// <summary>
    /// A share of all accounts, in hundredths of a percent, 0-10,000. An account's place is fixed for a capability, so
    /// whoever is among 10 % is among 20 %.
    /// </summary>
    public sealed record Share(int BasisPoints) : Condition
    {
        public const int BasisPointsMax = 10_000;

        internal override bool Admits(Capability capability, AccountFacts facts, DateTimeOffset now) =>
            AccountShare.PlaceOf(facts.Identity, capability) < BasisPoints;

        internal override string Explain(Capability capability, AccountFacts facts)
        {
            var percent = (BasisPoints / 100m).ToString("0.##", CultureInfo.InvariantCulture);
            return $"{CapabilityText.Doing(capability)} is open to {percent} % of all accounts so far; "
                + "yours is not among them yet.";
        }
    }

    /// <summary>From a moment on.</summary>
    public sealed record StartsAt(DateTimeOffset At) : Condition
    {
        internal override bool Admits(Capability capability, AccountFacts facts, DateTimeOffset now) => now >= At;

        internal override string Explain(Capability capability, AccountFacts facts)
        {
            var when = At.UtcDateTime.ToString("d MMMM yyyy 'at' HH:mm", CultureInfo.InvariantCulture);
            return $"{CapabilityText.Doing(capability)} opens on {when} UTC.";
        }
    }

    /// <summary>Only whoever redeemed an invitation code for this.</summary>
    public sealed record Invited(InvitedTo To) : Condition
    {
        internal override bool Admits(Capability capability, AccountFacts facts, DateTimeOffset now) =>
            (facts.InvitedTo & To) == To;

        internal override string Explain(Capability capability, AccountFacts facts) =>
            $"{CapabilityText.Doing(capability)} is open by invitation; redeem an invitation code first.";
    }
}
