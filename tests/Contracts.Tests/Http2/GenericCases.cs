namespace Spaces.Contracts.Tests.Http2;

/// <summary>What a server must simply do.</summary>
internal static class GenericCases
{
    private static readonly byte[] Priority = [0, 0, 0, 0, 15];
    private static readonly byte[] Plain = Hpack.Encode(Requests.GetHeaders);

    public static IEnumerable<Http2Case> All =>
        [.. Streams, .. DataAndHeaders, .. OtherFrames, .. Exchanges, .. HeaderForms];

    private static Http2Case[] Streams =>
        [
            new("generic/1/1", "a preface is answered", Expect.Life, c => c.Ping()),
            new(
                "generic/2/1",
                "PRIORITY on an idle stream",
                Expect.Answer,
                c =>
                {
                    c.Send(FrameType.Priority, 0, 1, Priority);
                    c.SendGet();
                }
            ),
            new(
                "generic/2/2",
                "WINDOW_UPDATE on a half-closed stream",
                Expect.Life,
                c =>
                {
                    c.Hang();
                    c.SendAndPing(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 100);
                }
            ),
            new(
                "generic/2/3",
                "PRIORITY on a half-closed stream",
                Expect.Life,
                c =>
                {
                    c.Hang();
                    c.SendAndPing(FrameType.Priority, 0, 1, Priority);
                }
            ),
            new(
                "generic/2/4",
                "RST_STREAM on a half-closed stream",
                Expect.Life,
                c =>
                {
                    c.Hang();
                    c.Reset();
                    c.Ping();
                }
            ),
            new(
                "generic/2/5",
                "PRIORITY on a closed stream",
                Expect.Life,
                c =>
                {
                    c.Finish();
                    c.SendAndPing(FrameType.Priority, 0, 1, Priority);
                }
            ),
        ];

    private static Http2Case[] DataAndHeaders =>
        [
            new(
                "generic/3.1/1",
                "one DATA frame",
                Expect.Answer,
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, Flag.EndStream, 1, Requests.Message);
                }
            ),
            new(
                "generic/3.1/2",
                "several DATA frames",
                Expect.Answer,
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, 0, 1, Requests.Message[..3]);
                    c.Send(FrameType.Data, Flag.EndStream, 1, Requests.Message[3..]);
                }
            ),
            new(
                "generic/3.1/3",
                "a padded DATA frame",
                Expect.Answer,
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, Flag.EndStream | Flag.Padded, 1, [3, .. Requests.Message, 0, 0, 0]);
                }
            ),
            new("generic/3.2/1", "a HEADERS frame", Expect.Answer, c => c.SendGet()),
            new(
                "generic/3.2/2",
                "a padded HEADERS frame",
                Expect.Answer,
                c => c.Send(FrameType.Headers, Flag.EndHeaders | Flag.EndStream | Flag.Padded, 1, [2, .. Plain, 0, 0])
            ),
            new(
                "generic/3.2/3",
                "a HEADERS frame with priority",
                Expect.Answer,
                c =>
                    c.Send(
                        FrameType.Headers,
                        Flag.EndHeaders | Flag.EndStream | Flag.Priority,
                        1,
                        [.. Priority, .. Plain]
                    )
            ),
            new(
                "generic/3.10/1",
                "a CONTINUATION frame",
                Expect.Answer,
                c =>
                {
                    c.Send(FrameType.Headers, Flag.EndStream, 1, Plain[..5]);
                    c.Send(FrameType.Continuation, Flag.EndHeaders, 1, Plain[5..]);
                }
            ),
            new(
                "generic/3.10/2",
                "several CONTINUATION frames",
                Expect.Answer,
                c =>
                {
                    c.Send(FrameType.Headers, Flag.EndStream, 1, Plain[..5]);
                    c.Send(FrameType.Continuation, 0, 1, Plain[5..9]);
                    c.Send(FrameType.Continuation, Flag.EndHeaders, 1, Plain[9..]);
                }
            ),
        ];

    private static Http2Case[] OtherFrames =>
        [
            Prioritized("generic/3.3/1", "PRIORITY with weight 1", [0, 0, 0, 0, 0]),
            Prioritized("generic/3.3/2", "PRIORITY with weight 256", [0, 0, 0, 0, 255]),
            Prioritized("generic/3.3/3", "PRIORITY with a dependency", [0, 0, 0, 5, 15]),
            Prioritized("generic/3.3/4", "PRIORITY with an exclusive dependency", [0x80, 0, 0, 5, 15]),
            new(
                "generic/3.3/5",
                "PRIORITY on a higher stream first",
                Expect.Answer,
                c =>
                {
                    c.Send(FrameType.Priority, 0, 3, Priority);
                    c.SendGet();
                }
            ),
            new(
                "generic/3.4/1",
                "RST_STREAM",
                Expect.Life,
                c =>
                {
                    c.Open();
                    c.Reset();
                    c.Ping();
                }
            ),
            new(
                "generic/3.5/1",
                "SETTINGS",
                Expect.SettingsAnswer,
                c => c.Send(FrameType.Settings, 0, 0, RawHttp2.Settings((0x3, 100)))
            ),
            new("generic/3.7/1", "PING", Expect.Life, c => c.Ping()),
            new(
                "generic/3.8/1",
                "GOAWAY",
                frame => Expect.Life(frame) || frame is null or { Type: FrameType.GoAway },
                c => c.SendAndPing(FrameType.GoAway, 0, 0, new byte[8])
            ),
            new(
                "generic/3.9/1",
                "WINDOW_UPDATE of the connection",
                Expect.Life,
                c => c.SendAndPing(FrameType.WindowUpdate, 0, 0, 0, 0, 0, 1)
            ),
            new(
                "generic/3.9/2",
                "WINDOW_UPDATE of a stream",
                Expect.Life,
                c =>
                {
                    c.Open();
                    c.SendAndPing(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 1);
                }
            ),
        ];

    private static Http2Case[] Exchanges =>
        [
            new("generic/4/1", "GET", Expect.Answer, c => c.SendGet()),
            new("generic/4/2", "HEAD", Expect.Answer, c => c.SendGet(Requests.Head)),
            new(
                "generic/4/3",
                "POST",
                Expect.Answer,
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, Flag.EndStream, 1, Requests.Message);
                }
            ),
            new(
                "generic/4/4",
                "POST with trailers",
                Expect.Answer,
                c =>
                {
                    c.Open();
                    c.Send(FrameType.Data, 0, 1, Requests.Message);
                    c.SendGet(Hpack.Encode(("x-test", "ok")));
                }
            ),
        ];

    private static Http2Case[] HeaderForms =>
        [
            Headers("generic/5/1", "indexed headers", Short),
            Headers("generic/5/2", "indexed name, with indexing", [0x82, 0x86, .. Authority, 0x44, 1, (byte)'/']),
            Headers(
                "generic/5/3",
                "indexed name, with indexing, Huffman",
                [0x82, 0x86, .. Authority, 0x44, 0x81, 0x63]
            ),
            Headers("generic/5/4", "new name, with indexing", [.. Short, .. Hpack.Literal(0x40, "x-a", "b")]),
            Headers("generic/5/5", "new name, with indexing, Huffman", [.. Short, 0x40, 0x81, 0x1f, 0x81, 0x1f]),
            Headers("generic/5/6", "indexed name, without indexing", [0x82, 0x86, .. Authority, 0x04, 1, (byte)'/']),
            Headers(
                "generic/5/7",
                "indexed name, without indexing, Huffman",
                [0x82, 0x86, .. Authority, 0x04, 0x81, 0x63]
            ),
            Headers("generic/5/8", "new name, without indexing", [.. Short, .. Hpack.Literal(0x00, "x-a", "b")]),
            Headers("generic/5/9", "new name, without indexing, Huffman", [.. Short, 0x00, 0x81, 0x1f, 0x81, 0x1f]),
            Headers("generic/5/10", "indexed name, never indexed", [0x82, 0x86, .. Authority, 0x14, 1, (byte)'/']),
            Headers(
                "generic/5/11",
                "indexed name, never indexed, Huffman",
                [0x82, 0x86, .. Authority, 0x14, 0x81, 0x63]
            ),
            Headers("generic/5/12", "new name, never indexed", [.. Short, .. Hpack.Literal(0x10, "x-a", "b")]),
            Headers("generic/5/13", "new name, never indexed, Huffman", [.. Short, 0x10, 0x81, 0x1f, 0x81, 0x1f]),
            Headers("generic/5/14", "a table size update", [0x20, .. Short]),
            Headers("generic/5/15", "two table size updates", [0x20, 0x3f, 0xe1, 0x1f, .. Short]),
        ];

    /// <summary>GET / over http, each header from the static table but the authority.</summary>
    private static byte[] Short => [0x82, 0x86, 0x84, .. Authority];

    /// <summary>By its name's place in the static table, without indexing.</summary>
    private static byte[] Authority => [0x01, .. Hpack.Text("localhost")];

    private static Http2Case Headers(string name, string rule, byte[] block) =>
        new(name, rule, Expect.Answer, c => c.SendGet(block));

    private static Http2Case Prioritized(string name, string rule, byte[] priority) =>
        new(
            name,
            rule,
            Expect.Answer,
            c =>
            {
                c.Send(FrameType.Priority, 0, 1, priority);
                c.SendGet();
            }
        );
}
