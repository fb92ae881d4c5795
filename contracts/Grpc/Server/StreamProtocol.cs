using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>What differs between gRPC, gRPC-Web and Connect streams: the headers, and how a call ends.</summary>
/// <remarks>All three carry the same length-prefixed messages.</remarks>
internal abstract class StreamProtocol
{
    public abstract string ContentType { get; }

    /// <summary>The header that names what messages are compressed with.</summary>
    public abstract string EncodingHeader { get; }

    /// <summary>The header that names what the server reads.</summary>
    public abstract string AcceptEncodingHeader { get; }

    /// <exception cref="Core.RpcException">A header is wrong; the status says which.</exception>
    public abstract GrpcRequest Parse(IHeaderDictionary headers);

    /// <summary>The request's messages, as bytes.</summary>
    public virtual PipeReader BodyOf(HttpRequest request) => request.BodyReader;

    /// <summary>Writes a whole frame, without flushing it.</summary>
    public virtual void Write(PipeWriter body, ReadOnlySpan<byte> frame) => body.Write(frame);

    /// <summary>Writes status and trailers; nothing follows.</summary>
    /// <param name="response">Of the call.</param>
    /// <param name="hasWritten">Whether a message went before.</param>
    /// <param name="outcome">How the call ended.</param>
    public abstract void SetEnd(HttpResponse response, bool hasWritten, CallOutcome outcome);
}
