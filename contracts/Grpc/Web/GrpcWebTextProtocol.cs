using System.Buffers.Text;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Web;

/// <summary>gRPC-Web in base64, for browsers' XMLHttpRequest, which shows a response under way only as text.</summary>
/// <remarks>Each frame is padded base64 of its own, so that a client can decode it when it arrives.</remarks>
internal sealed class GrpcWebTextProtocol : GrpcWebProtocol
{
    public new const string MediaType = "application/grpc-web-text";

    public override string ContentType => $"{MediaType}+proto";

    public override PipeReader BodyOf(HttpRequest request) =>
        PipeReader.Create(
            new CryptoStream(request.Body, new FromBase64Transform(), CryptoStreamMode.Read, leaveOpen: true)
        );

    public override void Write(PipeWriter body, ReadOnlySpan<byte> frame)
    {
        var text = body.GetSpan(Base64.GetMaxEncodedToUtf8Length(frame.Length));
        Base64.EncodeToUtf8(frame, text, out _, out var length);
        body.Advance(length);
    }
}
