namespace Spaces.Contracts.Tests.Http2;

/// <summary>Whether a frame is what a rule demands; null stands for the end of the connection.</summary>
internal delegate bool Expectation(Frame? frame);

/// <summary>One check of a server: something to do on a connection, and what must come of it.</summary>
/// <param name="Name">As h2spec numbers it, so that both can be compared.</param>
/// <param name="Rule">What is checked.</param>
/// <param name="Expected">What must come; everything else is passed over.</param>
/// <param name="Act">What to do on a connection whose settings are exchanged.</param>
internal sealed record Http2Case(string Name, string Rule, Expectation Expected, Action<RawHttp2> Act)
{
    public override string ToString() => $"{Name} {Rule}";
}

/// <summary>What rules demand.</summary>
internal static class Expect
{
    public const byte Mark = 0x5a;

    /// <summary>The server answers on stream 1.</summary>
    public static Expectation Answer { get; } = frame => frame is { Type: FrameType.Headers, Stream: 1 };

    /// <summary>The server answers the ping of <see cref="Requests.Ping"/>, so the connection goes on.</summary>
    public static Expectation Life { get; } =
        frame => frame is { Type: FrameType.Ping, Payload: [Mark, ..] } && frame.Has(Flag.Ack);

    public static Expectation SettingsAnswer { get; } =
        frame => frame is { Type: FrameType.Settings } && frame.Has(Flag.Ack);

    /// <summary>The connection ends, with one of these errors where the server says which.</summary>
    public static Expectation ConnectionError(params Http2Error[] errors) =>
        frame => frame is null || (frame.Type == FrameType.GoAway && errors.Contains(frame.Error));

    /// <summary>The stream or the connection ends.</summary>
    public static Expectation StreamError(params Http2Error[] errors) =>
        frame =>
            frame is null || (frame.Type is FrameType.RstStream or FrameType.GoAway && errors.Contains(frame.Error));

    public static Expectation DataOf(int length) =>
        frame => frame is { Type: FrameType.Data } && frame.Payload.Length == length;
}
