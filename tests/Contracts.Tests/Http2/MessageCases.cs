using static Spaces.Contracts.Tests.Http2.Http2Error;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>Requests that are malformed as HTTP: RFC 9113 section 8.</summary>
internal static class MessageCases
{
    private static readonly Expectation Refusal = Expect.StreamError(Protocol);

    public static IEnumerable<Http2Case> All =>
        [
            new Http2Case(
                "http2/8.1/1",
                "second HEADERS that do not end the stream",
                Refusal,
                c =>
                {
                    c.Open();
                    c.Open();
                }
            ),
            With("http2/8.1.2/1", "an upper-case header", ("X-TEST", "ok")),
            With("http2/8.1.2.1/1", "an unknown pseudo-header", (":test", "ok")),
            With("http2/8.1.2.1/2", "a response's pseudo-header", (":status", "200")),
            new Http2Case(
                "http2/8.1.2.1/3",
                "a pseudo-header among trailers",
                Refusal,
                c =>
                {
                    c.Open();
                    c.SendGet(Hpack.Encode((":method", "GET")));
                }
            ),
            Of(
                "http2/8.1.2.1/4",
                "a pseudo-header behind a header",
                [.. Requests.Without(":path"), ("x-test", "ok"), (":path", "/")]
            ),
            With("http2/8.1.2.2/1", "a header of the connection", ("connection", "keep-alive")),
            With("http2/8.1.2.2/2", "te other than trailers", ("te", "trailers, deflate")),
            Of("http2/8.1.2.3/1", "an empty path", Requests.With(":path", "")),
            Of("http2/8.1.2.3/2", "no method", Requests.Without(":method")),
            Of("http2/8.1.2.3/3", "no scheme", Requests.Without(":scheme")),
            Of("http2/8.1.2.3/4", "no path", Requests.Without(":path")),
            With("http2/8.1.2.3/5", "two methods", (":method", "GET")),
            With("http2/8.1.2.3/6", "two schemes", (":scheme", "http")),
            With("http2/8.1.2.3/7", "two paths", (":path", "/")),
            Length("http2/8.1.2.6/1", "a content-length that is not the DATA's", [1]),
            Length("http2/8.1.2.6/2", "a content-length that is not several DATA's", [1, 1]),
            new Http2Case(
                "http2/8.2/1",
                "PUSH_PROMISE of a client",
                Expect.ConnectionError(Protocol),
                c => c.Send(FrameType.PushPromise, Flag.EndHeaders, 1, [0, 0, 0, 2, .. Requests.Get])
            ),
        ];

    private static Http2Case With(string name, string rule, (string Name, string Value) header) =>
        Of(name, rule, [.. Requests.GetHeaders, header]);

    private static Http2Case Of(string name, string rule, (string Name, string Value)[] headers) =>
        new(name, rule, Refusal, c => c.SendGet(Hpack.Encode(headers)));

    private static Http2Case Length(string name, string rule, int[] lengths) =>
        new(
            name,
            rule,
            Refusal,
            c =>
            {
                c.Send(
                    FrameType.Headers,
                    Flag.EndHeaders,
                    1,
                    [.. Requests.Say, .. Hpack.Encode(("content-length", "9"))]
                );
                foreach (var (index, length) in lengths.Index())
                {
                    var end = index == lengths.Length - 1 ? Flag.EndStream : Flag.None;
                    c.Send(FrameType.Data, end, 1, new byte[length]);
                }
            }
        );
}
