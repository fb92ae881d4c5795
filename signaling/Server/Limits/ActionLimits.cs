using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Limits;

/// <summary>Keeps one account, and one address, from doing too often what costs others something.</summary>
/// <remarks>
/// Each node counts for itself: with n nodes somebody who spreads over all of them gets n times as much. An IPv6
/// address
/// counts as its /64, which is what one subscriber has.
/// </remarks>
internal sealed class ActionLimits(SignalingOptions options, TimeProvider time)
{
    private readonly FrozenDictionary<LimitedAction, RateLimiter> _byAccount = Limiters(
        action => options.Limits.PerMinute(action),
        time
    );

    private readonly FrozenDictionary<LimitedAction, RateLimiter> _byAddress = Limiters(
        action => options.Limits.PerMinute(action) * options.Limits.AccountsPerAddress,
        time
    );

    /// <returns>Null when it may be done; it is counted then.</returns>
    public Refusal? Take(LimitedAction action, Identity account, IPAddress? address)
    {
        if (!_byAccount[action].TryTake(account.Value, out var retryAfter))
        {
            return TooOften($"You {Doing(action)} too often", retryAfter);
        }

        if (address is null || _byAddress[action].TryTake(KeyOf(address), out retryAfter))
        {
            return null;
        }

        _byAccount[action].Return(account.Value);
        return TooOften($"People of your network {Doing(action)} too often", retryAfter);
    }

    /// <summary>The part of an address that one subscriber has.</summary>
    public static string KeyOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private static FrozenDictionary<LimitedAction, RateLimiter> Limiters(
        Func<LimitedAction, int> perMinute,
        TimeProvider time
    ) =>
        Enum.GetValues<LimitedAction>()
            .ToFrozenDictionary(
                action => action,
                action => new RateLimiter(RateLimit.PerMinute(perMinute(action)), time)
            );

    private static Refusal TooOften(string what, TimeSpan retryAfter) =>
        new(
            StatusCode.ResourceExhausted,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}. Try again in {Math.Ceiling(retryAfter.TotalSeconds):0} s."
            ),
            retryAfter
        );

    private static string Doing(LimitedAction action) =>
        action switch
        {
            LimitedAction.CreateRoom => "open Spaces",
            LimitedAction.DevelopmentToken => "ask for tokens",
            LimitedAction.Whip => "begin broadcasts",
            LimitedAction.RedeemCode => "try invitation codes",
            LimitedAction.Feedback => "give feedback",
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Unknown action."),
        };
}
