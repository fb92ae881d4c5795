using Grpc.Net.Client;
using Spaces.Contracts.Tests.Foreign;

namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>Our client against servers written with other implementations, case by case.</summary>
[TestFixture(Peer.Node)]
[TestFixture(Peer.Python)]
[TestFixture(Peer.Cpp)]
public sealed class OurClientTests(Peer peer)
{
    private ForeignProcess _server = null!;
    private string _address = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = ForeignProcess.Interop(peer, "server");
        _address = $"http://127.0.0.1:{await _server.ReadLineAsync()}";
    }

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [TestCaseSource(typeof(InteropCase), nameof(InteropCase.All))]
    public async Task Our_client_passes(string name)
    {
        var limit = InteropCase.LimitOf(peer, isServer: true, name);
        if (limit is not null)
        {
            TestContext.Out.WriteLine($"{name} in part: {limit}.");
        }

        var witness = new WitnessingHandler();
        using var channel = GrpcChannel.ForAddress(
            _address,
            new GrpcChannelOptions { HttpHandler = witness, DisposeHttpClient = true }
        );
        await (
            name.Contains("compressed", StringComparison.Ordinal)
                ? new CompressionClient(channel, witness, limit is not null).RunAsync(name)
                : InteropClient.RunAsync(name, channel)
        );
    }
}
