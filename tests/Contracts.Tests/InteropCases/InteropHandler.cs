using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;

namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>The server of the interoperability tests, after their public description.</summary>
internal sealed class InteropHandler : TestService.TestServiceBase
{
    /// <summary>Under which a request holds what its <see cref="FrameWitness"/> noted.</summary>
    public const string CompressedItem = "compressed";

    private const string EchoedHeader = "x-grpc-test-echo-initial";
    private const string EchoedTrailer = "x-grpc-test-echo-trailing-bin";

    private static readonly WriteOptions NotCompressed = new(WriteFlags.NoCompress);

    public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        CheckCompression(request.ExpectCompressed, context);
        ThrowIfWished(request.ResponseStatus);
        context.WriteOptions = Wish(request.ResponseCompressed);
        return new SimpleResponse { Payload = Zeros(request.ResponseSize) };
    }

    public override async Task<SimpleResponse> CacheableUnaryCall(SimpleRequest request, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync([new Metadata.Entry("cache-control", "max-age=60, public")]);
        var nanoseconds = $"{(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks}00";
        return new SimpleResponse { Payload = new Payload { Body = ByteString.CopyFromUtf8(nanoseconds) } };
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream,
        ServerCallContext context
    )
    {
        var sum = 0;
        await foreach (var request in requestStream.ReadAllAsync())
        {
            CheckCompression(request.ExpectCompressed, context);
            sum += request.Payload.Body.Length;
        }
        return new StreamingInputCallResponse { AggregatedPayloadSize = sum };
    }

    public override async Task StreamingOutputCall(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context
    )
    {
        ThrowIfWished(request.ResponseStatus);
        foreach (var wish in request.ResponseParameters)
        {
            var interval = TimeSpan.FromMicroseconds(wish.IntervalUs);
            await Task.Delay(interval, context.CancellationToken);
            responseStream.WriteOptions = Wish(wish.Compressed);
            await responseStream.WriteAsync(new StreamingOutputCallResponse { Payload = Zeros(wish.Size) });
        }
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context
    )
    {
        await EchoMetadataAsync(context);
        await foreach (var request in requestStream.ReadAllAsync())
        {
            await StreamingOutputCall(request, responseStream, context);
        }
    }

    private static Payload Zeros(int length) => new() { Body = ByteString.CopyFrom(new byte[length]) };

    private static WriteOptions Wish(BoolValue? compressed) =>
        compressed?.Value == true ? WriteOptions.Default : NotCompressed;

    private static void ThrowIfWished(EchoStatus? status)
    {
        if (status is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
    }

    private static void CheckCompression(BoolValue? expected, ServerCallContext context)
    {
        var noted = (ConcurrentQueue<bool>)context.GetHttpContext().Items[CompressedItem]!;
        noted.TryDequeue(out var isCompressed);
        if (expected is not null && expected.Value != isCompressed)
        {
            throw new RpcException(
                new Status(StatusCode.InvalidArgument, $"The message is compressed: {isCompressed}.")
            );
        }
    }

    private static async Task EchoMetadataAsync(ServerCallContext context)
    {
        foreach (var entry in context.RequestHeaders.GetAll(EchoedTrailer))
        {
            context.ResponseTrailers.Add(entry);
        }
        if (context.RequestHeaders.Get(EchoedHeader) is { } header)
        {
            await context.WriteResponseHeadersAsync([header]);
        }
    }
}
