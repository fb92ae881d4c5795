using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;
using Spaces.Contracts.Tests.Hosting;

namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>Our client in the interoperability cases that concern compression.</summary>
/// <param name="channel">To the server, over <paramref name="witness"/>.</param>
/// <param name="witness">Sees which responses are compressed.</param>
/// <param name="isLimited">Whether the server sees no flags of requests, or never compresses responses.</param>
internal sealed class CompressionClient(GrpcChannel channel, WitnessingHandler witness, bool isLimited)
{
    private const int RequestLength = 271828;
    private const int ResponseLength = 314159;

    private static readonly WriteOptions NotCompressed = new(WriteFlags.NoCompress);

    private readonly TestService.TestServiceClient _client = new(channel);

    public Task RunAsync(string name) =>
        name switch
        {
            "client_compressed_unary" => ClientUnaryAsync(),
            "server_compressed_unary" => ServerUnaryAsync(),
            "client_compressed_streaming" => ClientStreamingAsync(),
            "server_compressed_streaming" => ServerStreamingAsync(),
            _ => throw new ArgumentException($"There is no case '{name}'.", nameof(name)),
        };

    private async Task ClientUnaryAsync()
    {
        if (!isLimited)
        {
            await InteropClient.FailsAsync(StatusCode.InvalidArgument, () => UnaryAsync(expected: true, sent: false));
        }
        await UnaryAsync(expected: true, sent: true);
        await UnaryAsync(expected: false, sent: false);
    }

    private async Task UnaryAsync(bool expected, bool sent)
    {
        var request = new SimpleRequest
        {
            ExpectCompressed = new BoolValue { Value = expected },
            ResponseSize = ResponseLength,
            Payload = InteropClient.Zeros(RequestLength),
        };
        var response = await _client.UnaryCallAsync(request, Options(sent));
        Assert.That(response.Payload.Body, Has.Length.EqualTo(ResponseLength));
    }

    private async Task ServerUnaryAsync()
    {
        foreach (var wish in new[] { true, false })
        {
            var request = new SimpleRequest
            {
                ResponseCompressed = new BoolValue { Value = wish },
                ResponseSize = ResponseLength,
                Payload = InteropClient.Zeros(RequestLength),
            };
            var response = await _client.UnaryCallAsync(request, Options(compresses: false));

            Assert.That(response.Payload.Body, Has.Length.EqualTo(ResponseLength));
        }
        Assert.That(witness.Compressed, Is.EqualTo(new[] { !isLimited, false }));
    }

    private async Task ClientStreamingAsync()
    {
        if (!isLimited)
        {
            await InteropClient.FailsAsync(StatusCode.InvalidArgument, ProbeAsync);
        }

        using var call = _client.StreamingInputCall(Options(compresses: true));
        await call.RequestStream.WriteAsync(Part(27182, expected: true));
        call.RequestStream.WriteOptions = NotCompressed;
        await call.RequestStream.WriteAsync(Part(45904, expected: false));
        await call.RequestStream.CompleteAsync();

        Assert.That((await call).AggregatedPayloadSize, Is.EqualTo(73086));
    }

    private async Task ProbeAsync()
    {
        using var call = _client.StreamingInputCall(Options(compresses: false));
        await call.RequestStream.WriteAsync(Part(27182, expected: true));
        await call.RequestStream.CompleteAsync();
        await call;
    }

    private async Task ServerStreamingAsync()
    {
        var request = new StreamingOutputCallRequest
        {
            ResponseParameters =
            {
                new ResponseParameters
                {
                    Compressed = new BoolValue { Value = true },
                    Size = 31415,
                },
                new ResponseParameters
                {
                    Compressed = new BoolValue { Value = false },
                    Size = 92653,
                },
            },
        };
        using var call = _client.StreamingOutputCall(request, Options(compresses: false));

        var lengths = await call
            .ResponseStream.ReadAllAsync()
            .Select(response => response.Payload.Body.Length)
            .ToListAsync();

        Assert.That(lengths, Is.EqualTo(new[] { 31415, 92653 }));
        Assert.That(witness.Compressed, Is.EqualTo(new[] { !isLimited, false }));
    }

    private static StreamingInputCallRequest Part(int length, bool expected) =>
        new()
        {
            ExpectCompressed = new BoolValue { Value = expected },
            Payload = InteropClient.Zeros(length),
        };

    private static CallOptions Options(bool compresses) =>
        new(compresses ? new Metadata { { "grpc-internal-encoding-request", "gzip" } } : [], TestClock.Later);
}
