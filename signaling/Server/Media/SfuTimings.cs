namespace Spaces.Signaling.Server.Media;

/// <summary>How patient signaling is with a media node.</summary>
/// <param name="SilenceMax">Without a heartbeat (one every 200 ms) for three of them and some slack: suspect.</param>
/// <param name="ReconnectMax">A suspect that does not answer a new Watch within this is dead.</param>
/// <param name="CallMax">Deadline of one control call.</param>
/// <param name="BackoffMax">Between attempts to reach a dead node; the first comes after a tenth.</param>
internal sealed record SfuTimings(TimeSpan SilenceMax, TimeSpan ReconnectMax, TimeSpan CallMax, TimeSpan BackoffMax)
{
    public static SfuTimings Default { get; } =
        new(
            SilenceMax: TimeSpan.FromMilliseconds(700),
            ReconnectMax: TimeSpan.FromMilliseconds(1500),
            CallMax: TimeSpan.FromSeconds(3),
            BackoffMax: TimeSpan.FromSeconds(1)
        );
}
