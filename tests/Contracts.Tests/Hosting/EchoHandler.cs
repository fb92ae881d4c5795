using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Spaces.Tests.V1;
using Status = Grpc.Core.Status;

namespace Spaces.Contracts.Tests.Hosting;

/// <summary>The service under test, written as with the official packages.</summary>
/// <remarks>
/// It sends metadata <c>x-echo…</c> back: as headers, and as trailers where the name starts with
/// <c>x-echo-trailer</c>.
/// </remarks>
internal sealed class EchoHandler(EchoProbe probe) : EchoService.EchoServiceBase
{
    private const string EchoPrefix = "x-echo";
    private const string TrailerPrefix = "x-echo-trailer";

    public override async Task<SayResponse> Say(SayRequest request, ServerCallContext context)
    {
        FailForNow(context);
        await EchoMetadataAsync(context);
        await ObeyAsync(request, context);
        return Answer(request);
    }

    public override Task<SayResponse> Look(SayRequest request, ServerCallContext context) => Say(request, context);

    public override async Task<SayResponse> Collect(
        IAsyncStreamReader<SayRequest> requestStream,
        ServerCallContext context
    )
    {
        var texts = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await ObeyAsync(request, context);
            texts.Add(request.Text);
        }
        return new SayResponse { Text = string.Join(' ', texts) };
    }

    public override async Task Repeat(
        SayRequest request,
        IServerStreamWriter<SayResponse> responseStream,
        ServerCallContext context
    )
    {
        FailForNow(context);
        await EchoMetadataAsync(context);
        for (var i = 0; i < request.Times; i++)
        {
            await responseStream.WriteAsync(Answer(request));
        }
        await ObeyAsync(request, context);
    }

    public override async Task Chat(
        IAsyncStreamReader<SayRequest> requestStream,
        IServerStreamWriter<SayResponse> responseStream,
        ServerCallContext context
    )
    {
        try
        {
            await EchoMetadataAsync(context);
            while (await requestStream.MoveNext(CancellationToken.None))
            {
                await ObeyAsync(requestStream.Current, context);
                await responseStream.WriteAsync(Answer(requestStream.Current));
            }
        }
        catch (OperationCanceledException)
        {
            probe.Cancelled.TrySetResult();
            throw;
        }
    }

    private static SayResponse Answer(SayRequest request) =>
        new() { Text = request.Text, Payload = ByteString.CopyFrom(new byte[request.ResponseLength]) };

    private void FailForNow(ServerCallContext context)
    {
        if (probe.FailuresLeft > 0)
        {
            probe.FailuresLeft--;
            probe.Note(context);
            throw new RpcException(new Status(StatusCode.Unavailable, "Not yet."));
        }
    }

    private async Task ObeyAsync(SayRequest request, ServerCallContext context)
    {
        probe.Note(context);
        if (request.FailWith == EchoProbe.BugCode)
        {
            throw new InvalidOperationException(EchoProbe.BugText);
        }
        if (request.FailWithDetails)
        {
            var error = new Google.Rpc.Status { Code = request.FailWith, Message = request.Text };
            error.Details.Add(Any.Pack(new SayRequest { Text = request.Text }));
            throw error.ToRpcException();
        }
        if (request.FailWith != 0)
        {
            var trailers = new Metadata { { "x-why", "asked for" } };
            if (context.RequestHeaders.GetValue("x-pushback") is { } pushback)
            {
                trailers.Add("grpc-retry-pushback-ms", pushback);
            }
            throw new RpcException(new Status((StatusCode)request.FailWith, request.Text), trailers);
        }
        if (request.Hang)
        {
            probe.Hang();
            try
            {
                await probe.Released.Task.WaitAsync(context.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                probe.Cancelled.TrySetResult();
                throw;
            }
            finally
            {
                probe.Unhang();
            }
        }
    }

    private static async Task EchoMetadataAsync(ServerCallContext context)
    {
        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders)
        {
            if (entry.Key.StartsWith(TrailerPrefix, StringComparison.Ordinal))
            {
                context.ResponseTrailers.Add(entry);
            }
            else if (entry.Key.StartsWith(EchoPrefix, StringComparison.Ordinal))
            {
                headers.Add(entry);
            }
        }
        if (headers.Count > 0)
        {
            await context.WriteResponseHeadersAsync(headers);
        }
    }
}
