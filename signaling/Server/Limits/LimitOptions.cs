namespace Spaces.Signaling.Server.Limits;

/// <summary>How often one account may do what costs others something.</summary>
internal sealed record LimitOptions
{
    /// <summary>Spaces that one account opens or schedules in a minute.</summary>
    public int RoomsPerMinute { get; init; } = 20;

    /// <summary>Broadcasts by WHIP that one account begins in a minute.</summary>
    public int WhipPerMinute { get; init; } = 60;

    /// <summary>Development tokens that are given out for one account in a minute.</summary>
    public int TokensPerMinute { get; init; } = 60;

    /// <summary>Invitation codes that one account tries in a minute.</summary>
    public int CodesPerMinute { get; init; } = 5;

    /// <summary>Pieces of feedback from one account in a minute.</summary>
    public int FeedbackPerMinute { get; init; } = 5;

    /// <summary>
    /// One address may do so many times what one account may: a household, an office or a mobile network shares one.
    /// </summary>
    public int AccountsPerAddress { get; init; } = 50;

    public static LimitOptions Read(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var defaults = new LimitOptions();
        return new LimitOptions
        {
            RoomsPerMinute = settings.Count("SPACES_ROOMS_PER_MINUTE", defaults.RoomsPerMinute),
            WhipPerMinute = settings.Count("SPACES_WHIP_PER_MINUTE", defaults.WhipPerMinute),
            TokensPerMinute = settings.Count("SPACES_TOKENS_PER_MINUTE", defaults.TokensPerMinute),
            CodesPerMinute = settings.Count("SPACES_CODES_PER_MINUTE", defaults.CodesPerMinute),
            FeedbackPerMinute = settings.Count("SPACES_FEEDBACK_PER_MINUTE", defaults.FeedbackPerMinute),
            AccountsPerAddress = settings.Count("SPACES_ACCOUNTS_PER_ADDRESS", defaults.AccountsPerAddress),
        };
    }

    public int PerMinute(LimitedAction action) =>
        action switch
        {
            LimitedAction.CreateRoom => RoomsPerMinute,
            LimitedAction.DevelopmentToken => TokensPerMinute,
            LimitedAction.Whip => WhipPerMinute,
            LimitedAction.RedeemCode => CodesPerMinute,
            LimitedAction.Feedback => FeedbackPerMinute,
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Unknown action."),
        };
}
