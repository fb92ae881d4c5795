using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;
using Alpha = Grpc.Reflection.V1Alpha;

namespace Spaces.Contracts.Tests.Server;

/// <summary>What load balancers and tools ask of every gRPC server, and how streams end when it stops.</summary>
[TestFixture]
internal sealed class HealthAndReflectionTests
{
    private EchoServer _server = null!;
    private GrpcChannel _channel = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await EchoServer.StartAsync();
        _channel = _server.Channel();
    }

    [TearDown]
    public async Task Stop()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Check_says_what_was_set_and_does_not_know_others()
    {
        var health = new Health.HealthClient(_channel);
        Service.SetStatus("some", ServingStatus.NotServing);

        var known = await health.CheckAsync(new HealthCheckRequest { Service = "some" }, deadline: TestClock.Later);
        var unknown = await Assert.ThrowsAsync<RpcException>(async () =>
            await health.CheckAsync(new HealthCheckRequest { Service = "other" }, deadline: TestClock.Later)
        );

        Assert.That(known.Status, Is.EqualTo(ServingStatus.NotServing));
        Assert.That(unknown!.StatusCode, Is.EqualTo(StatusCode.NotFound));
    }

    [Test]
    public async Task Watch_says_how_things_are_and_then_each_change()
    {
        var health = new Health.HealthClient(_channel);
        using var watch = health.Watch(new HealthCheckRequest { Service = "some" }, deadline: TestClock.Later);

        var seen = new List<ServingStatus>();
        foreach (var next in new[] { ServingStatus.Serving, ServingStatus.NotServing, ServingStatus.NotServing })
        {
            await watch.ResponseStream.MoveNext();
            seen.Add(watch.ResponseStream.Current.Status);
            Service.SetStatus("some", next);
            Service.SetStatus("another", ServingStatus.Serving);
            if (seen.Count == 3)
            {
                break;
            }
        }

        Assert.That(
            seen,
            Is.EqualTo(new[] { ServingStatus.ServiceUnknown, ServingStatus.Serving, ServingStatus.NotServing })
        );
    }

    [Test]
    public async Task Reflection_lists_services_and_describes_them_with_their_imports()
    {
        var questions = new[]
        {
            new ServerReflectionRequest { ListServices = "*" },
            new ServerReflectionRequest { FileContainingSymbol = "spaces.tests.v1.EchoService.Say" },
            new ServerReflectionRequest { FileContainingSymbol = "spaces.tests.v1.SayRequest.text" },
            new ServerReflectionRequest { FileByFilename = "grpc/health/v1/health.proto" },
            new ServerReflectionRequest { FileContainingSymbol = "spaces.tests.v1.Nope" },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "spaces.tests.v1.SayRequest" },
            new ServerReflectionRequest(),
        };

        var answers = await AskAsync(questions);

        Assert.That(
            answers[0].ListServicesResponse.Service.Select(service => service.Name),
            Is.EqualTo(
                new[]
                {
                    "grpc.health.v1.Health",
                    "grpc.reflection.v1.ServerReflection",
                    "grpc.reflection.v1alpha.ServerReflection",
                    "spaces.tests.v1.EchoService",
                }
            )
        );
        Assert.That(
            answers[1].FileDescriptorResponse.FileDescriptorProto.Single(),
            Is.EqualTo(EchoReflection.Descriptor.SerializedData)
        );
        Assert.That(answers[2].FileDescriptorResponse, Is.EqualTo(answers[1].FileDescriptorResponse));
        Assert.That(answers[3].FileDescriptorResponse.FileDescriptorProto, Has.Count.EqualTo(1));
        Assert.That(answers[4].ErrorResponse.ErrorCode, Is.EqualTo((int)StatusCode.NotFound));
        Assert.That(answers[5].AllExtensionNumbersResponse.ExtensionNumber, Is.Empty);
        Assert.That(answers[6].ErrorResponse.ErrorCode, Is.EqualTo((int)StatusCode.InvalidArgument));
    }

    [Test]
    public async Task Reflection_answers_under_its_older_name_too()
    {
        using var call = new Alpha.ServerReflection.ServerReflectionClient(_channel).ServerReflectionInfo(
            deadline: TestClock.Later
        );
        await call.RequestStream.WriteAsync(new Alpha.ServerReflectionRequest { ListServices = "" });
        await call.RequestStream.CompleteAsync();

        await call.ResponseStream.MoveNext();

        Assert.That(call.ResponseStream.Current.ListServicesResponse.Service, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_stopping_server_ends_its_streams_with_UNAVAILABLE()
    {
        using var call = new EchoService.EchoServiceClient(_channel).Chat(deadline: TestClock.Later);
        await call.RequestStream.WriteAsync(new SayRequest { Text = "a" });
        await call.ResponseStream.MoveNext();

        var stopping = _server.StopGracefullyAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext());

        await stopping.WaitAsync(TestClock.Patience);
        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Unavailable));
        Assert.That(failure.Status.Detail, Does.Contain("stopping"));
    }

    private HealthServiceImpl Service => _server.Services.GetRequiredService<HealthServiceImpl>();

    private async Task<List<ServerReflectionResponse>> AskAsync(ServerReflectionRequest[] questions)
    {
        using var call = new ServerReflection.ServerReflectionClient(_channel).ServerReflectionInfo(
            deadline: TestClock.Later
        );
        var answers = new List<ServerReflectionResponse>();
        foreach (var question in questions)
        {
            await call.RequestStream.WriteAsync(question);
            await call.ResponseStream.MoveNext();
            answers.Add(call.ResponseStream.Current);
        }
        await call.RequestStream.CompleteAsync();
        return answers;
    }
}
