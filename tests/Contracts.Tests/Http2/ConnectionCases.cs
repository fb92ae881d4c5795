using static Spaces.Contracts.Tests.Http2.Http2Error;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>Settings, pings, windows and CONTINUATION: RFC 9113 sections 6.5 to 7.</summary>
internal static class ConnectionCases
{
    private const int EnablePush = 0x2;
    private const int InitialWindowSize = 0x4;
    private const int MaxFrameSize = 0x5;
    private const long WindowMax = int.MaxValue;

    public static IEnumerable<Http2Case> All => [.. Settings, .. Pings, .. Windows, .. Continuations, .. Codes];

    private static Http2Case[] Settings =>
        [
            new(
                "http2/6.5/1",
                "an acknowledgement with a payload",
                Expect.ConnectionError(FrameSize),
                c => c.Send(FrameType.Settings, Flag.Ack, 0, 0)
            ),
            new(
                "http2/6.5/2",
                "SETTINGS on a stream",
                Expect.ConnectionError(Protocol),
                c => c.Send(FrameType.Settings, 0, 1, RawHttp2.Settings((0x3, 100)))
            ),
            new(
                "http2/6.5/3",
                "SETTINGS of a wrong length",
                Expect.ConnectionError(FrameSize),
                c => c.Send(FrameType.Settings, 0, 0, 0, 3, 0)
            ),
            Set("http2/6.5.2/1", "push neither on nor off", Protocol, (EnablePush, 2)),
            Set("http2/6.5.2/2", "a window above the greatest", FlowControl, (InitialWindowSize, WindowMax + 1)),
            Set("http2/6.5.2/3", "frames below the smallest length", Protocol, (MaxFrameSize, 16383)),
            Set("http2/6.5.2/4", "frames above the greatest length", Protocol, (MaxFrameSize, 1 << 24)),
            new(
                "http2/6.5.2/5",
                "an unknown setting is passed over",
                Expect.Life,
                c => c.SendAndPing(FrameType.Settings, 0, 0, RawHttp2.Settings((0xff, 1)))
            ),
            new(
                "http2/6.5.3/1",
                "of two values of a setting the last counts",
                Expect.DataOf(1),
                c =>
                {
                    c.Send(
                        FrameType.Settings,
                        0,
                        0,
                        RawHttp2.Settings((InitialWindowSize, 100), (InitialWindowSize, 1))
                    );
                    c.SendGet();
                }
            ),
            new(
                "http2/6.5.3/2",
                "SETTINGS are acknowledged at once",
                Expect.SettingsAnswer,
                c => c.Send(FrameType.Settings, 0, 0)
            ),
        ];

    private static Http2Case[] Pings =>
        [
            new("http2/6.7/1", "a ping is answered", Expect.Life, c => c.Ping()),
            new(
                "http2/6.7/2",
                "an answer is not answered",
                NoOtherPing,
                c =>
                {
                    c.Send(FrameType.Ping, Flag.Ack, 0, 1, 0, 0, 0, 0, 0, 0, 0);
                    c.Ping();
                }
            ),
            new(
                "http2/6.7/3",
                "PING on a stream",
                Expect.ConnectionError(Protocol),
                c => c.Send(FrameType.Ping, 0, 1, new byte[8])
            ),
            new(
                "http2/6.7/4",
                "PING of a wrong length",
                Expect.ConnectionError(FrameSize),
                c => c.Send(FrameType.Ping, 0, 0, new byte[6])
            ),
            new(
                "http2/6.8/1",
                "GOAWAY on a stream",
                Expect.ConnectionError(Protocol),
                c => c.Send(FrameType.GoAway, 0, 1, new byte[8])
            ),
        ];

    private static Http2Case[] Windows =>
        [
            new(
                "http2/6.9/1",
                "a connection's window grows by 0",
                Expect.ConnectionError(Protocol),
                c => c.Send(FrameType.WindowUpdate, 0, 0, 0, 0, 0, 0)
            ),
            new(
                "http2/6.9/2",
                "a stream's window grows by 0",
                Expect.StreamError(Protocol),
                c =>
                {
                    c.Open();
                    c.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 0);
                }
            ),
            new(
                "http2/6.9/3",
                "WINDOW_UPDATE of a wrong length",
                Expect.ConnectionError(FrameSize),
                c => c.Send(FrameType.WindowUpdate, 0, 0, 0, 0, 1)
            ),
            new(
                "http2/6.9.1/1",
                "a window of 1 is filled with 1",
                Expect.DataOf(1),
                c =>
                {
                    c.Send(FrameType.Settings, 0, 0, RawHttp2.Settings((InitialWindowSize, 1)));
                    c.SendGet();
                }
            ),
            new(
                "http2/6.9.1/2",
                "a connection's window above the greatest",
                Expect.ConnectionError(FlowControl),
                c =>
                {
                    c.Send(FrameType.WindowUpdate, 0, 0, RawHttp2.Number(WindowMax));
                    c.Send(FrameType.WindowUpdate, 0, 0, RawHttp2.Number(WindowMax));
                }
            ),
            new(
                "http2/6.9.1/3",
                "a stream's window above the greatest",
                Expect.StreamError(FlowControl),
                c =>
                {
                    c.Open();
                    c.Send(FrameType.WindowUpdate, 0, 1, RawHttp2.Number(WindowMax));
                    c.Send(FrameType.WindowUpdate, 0, 1, RawHttp2.Number(WindowMax));
                }
            ),
            new(
                "http2/6.9.2/1",
                "a setting widens the window of an open stream",
                Expect.DataOf(1),
                c =>
                {
                    c.Send(FrameType.Settings, 0, 0, RawHttp2.Settings((InitialWindowSize, 0)));
                    c.SendGet();
                    c.Send(FrameType.Settings, 0, 0, RawHttp2.Settings((InitialWindowSize, 1)));
                }
            ),
            new(
                "http2/6.9.2/2",
                "a window may be negative for a while",
                Expect.DataOf(1),
                c =>
                {
                    c.Send(FrameType.Settings, 0, 0, RawHttp2.Settings((InitialWindowSize, 3)));
                    c.SendGet();
                    c.ReadUntil(frame => frame.Type == FrameType.Data);
                    c.Send(FrameType.Settings, 0, 0, RawHttp2.Settings((InitialWindowSize, 2)));
                    c.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 2);
                }
            ),
            Set("http2/6.9.2/3", "a setting makes a window too great", FlowControl, (InitialWindowSize, WindowMax + 1)),
        ];

    private static Http2Case[] Continuations =>
        [
            new(
                "http2/6.10/1",
                "several CONTINUATION",
                Expect.Answer,
                c =>
                {
                    c.Send(FrameType.Headers, Flag.EndStream, 1, Requests.Get[..5]);
                    c.Send(FrameType.Continuation, 0, 1, Requests.Get[5..9]);
                    c.Send(FrameType.Continuation, Flag.EndHeaders, 1, Requests.Get[9..]);
                }
            ),
            new(
                "http2/6.10/2",
                "another frame after CONTINUATION",
                Expect.ConnectionError(Protocol),
                c =>
                {
                    c.Send(FrameType.Headers, Flag.EndStream, 1, Requests.Get[..5]);
                    c.Send(FrameType.Continuation, 0, 1, Requests.Get[5..9]);
                    c.Send(FrameType.Data, Flag.EndStream, 1, 0);
                }
            ),
            new(
                "http2/6.10/3",
                "CONTINUATION on stream 0",
                Expect.ConnectionError(Protocol),
                c =>
                {
                    c.Send(FrameType.Headers, Flag.EndStream, 1, Requests.Get[..5]);
                    c.Send(FrameType.Continuation, Flag.EndHeaders, 0, Requests.Get[5..]);
                }
            ),
            new(
                "http2/6.10/4",
                "CONTINUATION after the end of HEADERS",
                Expect.ConnectionError(Protocol),
                c =>
                {
                    c.Send(FrameType.Headers, Flag.EndHeaders, 1, Requests.Say);
                    c.Send(FrameType.Continuation, Flag.EndHeaders, 1, Requests.Get);
                }
            ),
            new(
                "http2/6.10/5",
                "CONTINUATION after the end of another",
                Expect.ConnectionError(Protocol),
                c =>
                {
                    c.Send(FrameType.Headers, 0, 1, Requests.Say[..5]);
                    c.Send(FrameType.Continuation, Flag.EndHeaders, 1, Requests.Say[5..]);
                    c.Send(FrameType.Continuation, Flag.EndHeaders, 1, Requests.Get);
                }
            ),
            new(
                "http2/6.10/6",
                "CONTINUATION after DATA",
                Expect.ConnectionError(Protocol),
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, 0, 1, 0);
                    c.Send(FrameType.Continuation, Flag.EndHeaders, 1, Requests.Get);
                }
            ),
        ];

    private static Http2Case[] Codes =>
        [
            new(
                "http2/7/1",
                "GOAWAY with an unknown error",
                frame => Expect.Life(frame) || frame is null,
                c => c.SendAndPing(FrameType.GoAway, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff)
            ),
            new(
                "http2/7/2",
                "RST_STREAM with an unknown error",
                Expect.Life,
                c =>
                {
                    c.Open();
                    c.SendAndPing(FrameType.RstStream, 0, 1, 0, 0, 0, 0xff);
                }
            ),
        ];

    private static bool NoOtherPing(Frame? frame) =>
        frame is { Type: FrameType.Ping, Payload: not [Expect.Mark, ..] }
            ? throw new AssertionException("The acknowledgement of a ping was answered.")
            : Expect.Life(frame);

    private static Http2Case Set(string name, string rule, Http2Error error, (int Name, long Value) setting) =>
        new(
            name,
            rule,
            Expect.ConnectionError(error),
            c => c.Send(FrameType.Settings, 0, 0, RawHttp2.Settings(setting))
        );
}
