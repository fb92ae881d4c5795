namespace Spaces.Contracts.Tests.Http2;

/// <summary>Header blocks that RFC 7541 calls decoding errors.</summary>
internal static class HpackCases
{
    private static readonly Expectation Refusal = Expect.ConnectionError(Http2Error.Compression);

    public static IEnumerable<Http2Case> All =>
        [
            Block("hpack/2.3.3/1", "an index that no table has", [0xff, 0x80, 0x01]),
            Block("hpack/2.3.3/2", "a literal whose name has an index that no table has", [0x7f, 0x80, 0x01, 1, 0x61]),
            Block("hpack/4.2/1", "a table size update behind the headers", [0x3f, 0xe1, 0x1f]),
            Block("hpack/5.2/1", "Huffman padding longer than 7 bits", [0x00, 1, 0x61, 0x82, 0x1f, 0xff]),
            Block("hpack/5.2/2", "Huffman padding of zeros", [0x00, 1, 0x61, 0x81, 0x18]),
            Block("hpack/5.2/3", "a Huffman text with EOS", [0x00, 1, 0x61, 0x84, 0xff, 0xff, 0xff, 0xff]),
            Block("hpack/6.1/1", "index 0", [0x80]),
            new Http2Case(
                "hpack/6.3/1",
                "a table larger than the settings allow",
                Refusal,
                c => c.SendGet([0x3f, 0xe1, 0xff, 0x03, .. Requests.Get])
            ),
        ];

    private static Http2Case Block(string name, string rule, byte[] end) =>
        new(name, rule, Refusal, c => c.SendGet([.. Requests.Get, .. end]));
}
