using static Spaces.Contracts.Tests.Http2.Http2Error;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>Frames that break the rules of RFC 9113 sections 3 to 5 and 6.1 to 6.4.</summary>
internal static class FrameCases
{
    private const int FrameLengthMax = 16384;
    private static readonly byte[] Five = [0, 0, 0, 0, 15];

    public static IEnumerable<Http2Case> All => [.. Formats, .. States, .. Identifiers, .. DataAndHeaders, .. Others];

    private static Http2Case[] Formats =>
        [
            new("http2/3.5/1", "a preface", Expect.Life, c => c.Ping()),
            new(
                "http2/4.1/1",
                "a frame of an unknown type is passed over",
                Expect.Life,
                c => c.SendAndPing(FrameType.Unknown, 0, 0, new byte[8])
            ),
            new(
                "http2/4.1/2",
                "undefined flags are passed over",
                Expect.Life,
                c => c.Send(FrameType.Ping, 0x16, 0, Expect.Mark, 0, 0, 0, 0, 0, 0, 0)
            ),
            new(
                "http2/4.1/3",
                "the reserved bit is passed over",
                Expect.Life,
                c => c.Send(FrameType.Ping, 0, int.MinValue, Expect.Mark, 0, 0, 0, 0, 0, 0, 0)
            ),
            new(
                "http2/4.2/1",
                "a frame of the greatest length",
                Expect.Answer,
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, Flag.EndStream, 1, new byte[FrameLengthMax]);
                }
            ),
            new(
                "http2/4.2/2",
                "DATA that is too long",
                Expect.StreamError(FrameSize),
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, Flag.EndStream, 1, new byte[FrameLengthMax + 1]);
                }
            ),
            new(
                "http2/4.2/3",
                "HEADERS that are too long",
                Expect.ConnectionError(FrameSize),
                c => c.SendGet([.. Requests.Get, .. Hpack.Encode(("x-long", new string('x', FrameLengthMax)))])
            ),
            new(
                "http2/4.3/1",
                "an invalid header block",
                Expect.ConnectionError(Compression),
                c => c.SendGet([0x40, 0xff, 0xff, 0xff, 0xff, 0xff])
            ),
            Interrupted("http2/4.3/2", "PRIORITY", c => c.Send(FrameType.Priority, 0, 1, Five)),
            Interrupted("http2/4.3/3", "another stream's HEADERS", c => c.SendGet(stream: 3)),
            new(
                "http2/5.5/1",
                "a frame of an extension is passed over",
                Expect.Life,
                c => c.SendAndPing(FrameType.Unknown, 0, 1, new byte[8])
            ),
            Interrupted("http2/5.5/2", "an extension's frame", c => c.Send(FrameType.Unknown, 0, 1, new byte[8])),
            new(
                "http2/5.4.1/1",
                "a broken frame ends the connection",
                Expect.ConnectionError(FrameSize),
                c => c.Send(FrameType.Ping, 0, 0, new byte[6])
            ),
            new(
                "http2/5.4.1/2",
                "GOAWAY names the last stream",
                LastStream,
                c =>
                {
                    c.Finish();
                    c.Send(FrameType.Ping, 0, 0, new byte[6]);
                }
            ),
        ];

    private static Http2Case[] States =>
        [
            Idle(1, "DATA", c => c.Send(FrameType.Data, Flag.EndStream, 1, 0)),
            Idle(2, "RST_STREAM", c => c.Reset()),
            Idle(3, "WINDOW_UPDATE", c => c.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 100)),
            Idle(4, "CONTINUATION", c => c.Send(FrameType.Continuation, Flag.EndHeaders, 1, Requests.Get)),
            After("5", "half-closed", c => c.Hang(), "DATA", c => c.Send(FrameType.Data, Flag.EndStream, 1, 0)),
            After("6", "half-closed", c => c.Hang(), "HEADERS", c => c.SendGet()),
            After("7", "half-closed", c => c.Hang(), "CONTINUATION", Continue),
            After("8", "reset", OpenAndReset, "DATA", c => c.Send(FrameType.Data, Flag.EndStream, 1, 0)),
            After("9", "reset", OpenAndReset, "HEADERS", c => c.SendGet()),
            After("10", "reset", OpenAndReset, "CONTINUATION", Continue),
            After("11", "closed", c => c.Finish(), "DATA", c => c.Send(FrameType.Data, Flag.EndStream, 1, 0)),
            After("12", "closed", c => c.Finish(), "HEADERS", c => c.SendGet()),
            After("13", "closed", c => c.Finish(), "CONTINUATION", Continue),
        ];

    private static Http2Case[] Identifiers =>
        [
            new("http2/5.1.1/1", "an even stream", Expect.ConnectionError(Protocol), c => c.SendGet(stream: 2)),
            new(
                "http2/5.1.1/2",
                "a stream below one before",
                Expect.ConnectionError(Protocol, StreamClosed),
                c =>
                {
                    c.SendGet(stream: 5);
                    c.SendGet(stream: 3);
                }
            ),
            new(
                "http2/5.1.2/1",
                "more streams than allowed",
                Expect.StreamError(Protocol, RefusedStream),
                c =>
                {
                    for (var stream = 1; stream < 2 * 102; stream += 2)
                    {
                        c.Open(stream);
                    }
                }
            ),
            new(
                "http2/5.3.1/1",
                "HEADERS that depend on themselves",
                Expect.StreamError(Protocol),
                c =>
                    c.Send(
                        FrameType.Headers,
                        Flag.EndHeaders | Flag.EndStream | Flag.Priority,
                        1,
                        [0, 0, 0, 1, 15, .. Requests.Get]
                    )
            ),
            new(
                "http2/5.3.1/2",
                "PRIORITY on itself",
                Expect.StreamError(Protocol),
                c => c.Send(FrameType.Priority, 0, 1, 0, 0, 0, 1, 15)
            ),
        ];

    private static Http2Case[] DataAndHeaders =>
        [
            new(
                "http2/6.1/1",
                "DATA on stream 0",
                Expect.ConnectionError(Protocol),
                c => c.Send(FrameType.Data, Flag.EndStream, 0, 0)
            ),
            new(
                "http2/6.1/2",
                "DATA on a stream that is not open",
                Expect.StreamError(StreamClosed),
                c =>
                {
                    c.Finish();
                    c.Send(FrameType.Data, Flag.EndStream, 1, 0);
                }
            ),
            new(
                "http2/6.1/3",
                "DATA with more padding than bytes",
                Expect.ConnectionError(Protocol),
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, Flag.EndStream | Flag.Padded, 1, 6, 0, 0);
                }
            ),
            Interrupted("http2/6.2/1", "PRIORITY after HEADERS", c => c.Send(FrameType.Priority, 0, 1, Five)),
            Interrupted("http2/6.2/2", "another HEADERS after HEADERS", c => c.SendGet(stream: 3)),
            new("http2/6.2/3", "HEADERS on stream 0", Expect.ConnectionError(Protocol), c => c.SendGet(stream: 0)),
            new(
                "http2/6.2/4",
                "HEADERS with more padding than bytes",
                Expect.ConnectionError(Protocol),
                c =>
                    c.Send(FrameType.Headers, Flag.EndHeaders | Flag.EndStream | Flag.Padded, 1, [255, .. Requests.Get])
            ),
        ];

    private static Http2Case[] Others =>
        [
            new(
                "http2/6.3/1",
                "PRIORITY on stream 0",
                Expect.ConnectionError(Protocol),
                c => c.Send(FrameType.Priority, 0, 0, Five)
            ),
            new(
                "http2/6.3/2",
                "PRIORITY of a wrong length",
                Expect.StreamError(FrameSize),
                c => c.Send(FrameType.Priority, 0, 1, Five[..4])
            ),
            new("http2/6.4/1", "RST_STREAM on stream 0", Expect.ConnectionError(Protocol), c => c.Reset(0)),
            new("http2/6.4/2", "RST_STREAM on an idle stream", Expect.ConnectionError(Protocol), c => c.Reset()),
            new(
                "http2/6.4/3",
                "RST_STREAM of a wrong length",
                Expect.ConnectionError(FrameSize),
                c =>
                {
                    c.Open();
                    c.Send(FrameType.RstStream, 0, 1, 0, 0, 0);
                }
            ),
        ];

    private static bool LastStream(Frame? frame) =>
        frame is null or { Type: FrameType.GoAway, Payload: [0, 0, 0, 1, ..] };

    private static void Continue(RawHttp2 client) =>
        client.Send(FrameType.Continuation, Flag.EndHeaders, 1, Requests.Get);

    private static void OpenAndReset(RawHttp2 client)
    {
        client.Open();
        client.Reset();
    }

    private static Http2Case Interrupted(string name, string what, Action<RawHttp2> interrupt) =>
        new(
            name,
            $"{what} inside a header block",
            Expect.ConnectionError(Protocol),
            c =>
            {
                c.Send(FrameType.Headers, Flag.EndStream, 1, Requests.Get[..5]);
                interrupt(c);
            }
        );

    private static Http2Case Idle(int number, string what, Action<RawHttp2> act) =>
        new($"http2/5.1/{number}", $"{what} on an idle stream", Expect.ConnectionError(Protocol), act);

    private static Http2Case After(
        string number,
        string state,
        Action<RawHttp2> reach,
        string what,
        Action<RawHttp2> act
    ) =>
        new(
            $"http2/5.1/{number}",
            $"{what} on a {state} stream",
            Expect.StreamError(StreamClosed, Protocol),
            c =>
            {
                reach(c);
                act(c);
            }
        );
}
