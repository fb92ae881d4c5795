using System.Text.Json;
using Spaces.Contracts.Tests.Hosting;

namespace Spaces.Contracts.Tests.Foreign;

/// <summary>
/// A client on libgrpc++ that knows nothing of the services: it learns them by reflection, lists them and calls them,
/// as <c>grpc_cli</c> does, which no package of Debian 12 has.
/// </summary>
[TestFixture]
public sealed class ReflectionClientTests
{
    [TestCase("v1")]
    [TestCase("v1alpha")]
    public async Task A_stranger_lists_the_services_and_calls_one(string version)
    {
        await using var server = await EchoServer.StartAsync();
        using var client = ForeignProcess.Reflection(
            version,
            server.Http2Address.Authority,
            "spaces.tests.v1.EchoService.Say",
            "text: \"hello\" response_length: 3"
        );

        var seen = JsonDocument.Parse(await client.ReadLineAsync()).RootElement;

        var methods = seen.GetProperty("methods").EnumerateArray().Select(method => method.GetString());
        Assert.That(
            methods,
            Is.EquivalentTo(
                new[]
                {
                    "grpc.health.v1.Health.Check(grpc.health.v1.HealthCheckRequest) "
                        + "grpc.health.v1.HealthCheckResponse",
                    "grpc.health.v1.Health.Watch(grpc.health.v1.HealthCheckRequest) "
                        + "stream grpc.health.v1.HealthCheckResponse",
                    Reflection("v1"),
                    Reflection("v1alpha"),
                    "spaces.tests.v1.EchoService.Say(spaces.tests.v1.SayRequest) spaces.tests.v1.SayResponse",
                    "spaces.tests.v1.EchoService.Look(spaces.tests.v1.SayRequest) spaces.tests.v1.SayResponse",
                    "spaces.tests.v1.EchoService.Collect(stream spaces.tests.v1.SayRequest) "
                        + "spaces.tests.v1.SayResponse",
                    "spaces.tests.v1.EchoService.Repeat(spaces.tests.v1.SayRequest) "
                        + "stream spaces.tests.v1.SayResponse",
                    "spaces.tests.v1.EchoService.Chat(stream spaces.tests.v1.SayRequest) "
                        + "stream spaces.tests.v1.SayResponse",
                }
            )
        );
        Assert.That(
            seen.GetProperty("answer").GetString()!.TrimEnd(),
            Is.EqualTo("""text: "hello" payload: "\000\000\000" """.TrimEnd())
        );
    }

    private static string Reflection(string version) =>
        $"grpc.reflection.{version}.ServerReflection.ServerReflectionInfo("
        + $"stream grpc.reflection.{version}.ServerReflectionRequest) "
        + $"stream grpc.reflection.{version}.ServerReflectionResponse";
}
