namespace Spaces.Load.Bench;

/// <summary>What to measure, and for how long at most.</summary>
internal sealed record BenchOptions
{
    /// <summary>How many listeners, each number a row.</summary>
    public required IReadOnlyList<int> Listeners { get; init; }

    /// <summary>How often each row is measured, each time with a new SFU process.</summary>
    public required int Runs { get; init; }

    /// <summary>How long media is counted in a run.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>Sessions that are being opened at the same time.</summary>
    public required int JoinConcurrency { get; init; }

    /// <summary>Joins a second while media flows, in a second window; 0: none.</summary>
    public int JoinsPerSecond { get; init; }

    /// <summary>Joiners of the second window.</summary>
    public int Joiners => (int)(JoinsPerSecond * Window.TotalSeconds);

    /// <summary>How long the connected but silent SFU is watched, for the baseline.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long media flows before it is counted, and after.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a room of a few listeners runs first, so that the just-in-time compiler is done.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A run that takes longer has failed.</summary>
    public TimeSpan RunTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>One packet in so many is decrypted and compared, beside each listener's first.</summary>
    public int SampleEvery { get; init; } = 50;

    public const int WarmUpListeners = 20;
}
