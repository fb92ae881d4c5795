using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>gRPC over HTTP/2: the status goes in the trailers, or as headers where nothing went before.</summary>
internal sealed class GrpcProtocol : StreamProtocol
{
    public override string ContentType => GrpcHeaders.ContentType;

    public override string EncodingHeader => GrpcHeaders.Encoding;

    public override string AcceptEncodingHeader => GrpcHeaders.AcceptEncoding;

    public override GrpcRequest Parse(IHeaderDictionary headers) => GrpcRequest.Parse(headers);

    public override void SetEnd(HttpResponse response, bool hasWritten, CallOutcome outcome)
    {
        if (response.HasStarted || hasWritten)
        {
            GrpcCallEnd.SetTrailers(response, outcome.Status, outcome.Trailers);
        }
        else
        {
            GrpcCallEnd.SetOnlyStatus(response, outcome.Status, outcome.Trailers);
        }
    }
}
