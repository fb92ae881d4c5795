using System.Text.Json;
using Spaces.Contracts.Tests.Foreign;
using Spaces.Contracts.Tests.Hosting;

namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>Our server under clients written with other implementations, case by case.</summary>
[TestFixture(Peer.Node)]
[TestFixture(Peer.Python)]
[TestFixture(Peer.Cpp)]
public sealed class OurServerTests(Peer peer)
{
    private EchoServer _server = null!;
    private JsonElement _results;

    [OneTimeSetUp]
    public async Task Run()
    {
        _server = await InteropServer.StartAsync();
        using var client = ForeignProcess.Interop(peer, "client", _server.Http2Address.Authority);
        _results = JsonDocument.Parse(await client.ReadLineAsync()).RootElement;
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCaseSource(typeof(InteropCase), nameof(InteropCase.All))]
    public void Our_server_passes(string name)
    {
        var limit = InteropCase.LimitOf(peer, isServer: false, name);
        if (limit is not null)
        {
            TestContext.Out.WriteLine($"{name} in part: {limit}.");
        }

        Assert.That(_results.GetProperty(name).GetString(), Is.EqualTo("ok"));
    }
}
