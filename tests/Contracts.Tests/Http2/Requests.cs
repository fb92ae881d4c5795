using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>Requests to the echo server, in frames.</summary>
internal static class Requests
{
    public static readonly (string Name, string Value)[] GetHeaders =
    [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/"),
        (":authority", "localhost"),
    ];

    public static readonly byte[] Get = Hpack.Encode(GetHeaders);
    public static readonly byte[] Head = Hpack.Encode(With(":method", "HEAD"));
    public static readonly byte[] Say = SayAt(RawGrpc.Say);

    public static byte[] Message { get; } = RawGrpc.Frame(new SayRequest { Text = "hello" });

    public static byte[] SayAt(string path) =>
        Hpack.Encode(
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            (":authority", "localhost"),
            ("te", "trailers"),
            ("content-type", "application/grpc")
        );

    /// <summary>The headers of <see cref="Get"/>, with one changed.</summary>
    public static (string Name, string Value)[] With(string name, string value) =>
        [.. GetHeaders.Select(header => header.Name == name ? (name, value) : header)];

    public static (string Name, string Value)[] Without(string name) =>
        [.. GetHeaders.Where(header => header.Name != name)];

    public static void SendGet(this RawHttp2 client, int stream = 1) => client.SendGet(Get, stream);

    public static void SendGet(this RawHttp2 client, byte[] headers, int stream = 1) =>
        client.Send(FrameType.Headers, Flag.EndHeaders | Flag.EndStream, stream, headers);

    /// <summary>A call whose request is still to come.</summary>
    public static void Open(this RawHttp2 client, int stream = 1) =>
        client.Send(FrameType.Headers, Flag.EndHeaders, stream, Say);

    /// <summary>A call whose request is there, and whose answer does not come.</summary>
    public static void Hang(this RawHttp2 client, int stream = 1)
    {
        client.Open(stream);
        var message = RawGrpc.Frame(new SayRequest { Hang = true });
        client.Send(FrameType.Data, Flag.EndStream, stream, message);
    }

    /// <summary>A call that is over and answered.</summary>
    public static void Finish(this RawHttp2 client, int stream = 1)
    {
        client.SendGet(stream);
        client.ReadUntil(frame => frame.Stream == stream && frame.Has(Flag.EndStream));
    }

    public static void Reset(this RawHttp2 client, int stream = 1) =>
        client.Send(FrameType.RstStream, Flag.None, stream, RawHttp2.Number((long)Http2Error.Cancel));

    public static void Ping(this RawHttp2 client) =>
        client.Send(FrameType.Ping, Flag.None, 0, Expect.Mark, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>The frame, and a ping to see whether the connection goes on.</summary>
    public static void SendAndPing(this RawHttp2 client, FrameType type, int flags, int stream, params byte[] payload)
    {
        client.Send(type, flags, stream, payload);
        client.Ping();
    }
}
