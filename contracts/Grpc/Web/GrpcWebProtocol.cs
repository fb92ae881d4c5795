using System.Globalization;
using System.Text;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Web;

/// <summary>gRPC-Web: a browser sees no trailers, so they are the body's last frame. HTTP/1.1 will do.</summary>
/// <remarks>The frame has the flag 0x80 and the trailers as HTTP/1.1 header lines with lower-case names.</remarks>
internal class GrpcWebProtocol : StreamProtocol
{
    public const string MediaType = "application/grpc-web";

    private const byte TrailersFlag = 0x80;

    public override string ContentType => $"{MediaType}+proto";

    public override string EncodingHeader => GrpcHeaders.Encoding;

    public override string AcceptEncodingHeader => GrpcHeaders.AcceptEncoding;

    public override GrpcRequest Parse(IHeaderDictionary headers) => GrpcRequest.Parse(headers);

    public override void SetEnd(HttpResponse response, bool hasWritten, CallOutcome outcome)
    {
        var lines = new StringBuilder();
        Append(lines, GrpcHeaders.Status, ((int)outcome.Status.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(outcome.Status.Detail))
        {
            Append(lines, GrpcHeaders.Message, StatusText.Encode(outcome.Status.Detail));
        }
        foreach (var entry in outcome.Trailers.Where(entry => !MetadataHeaders.IsReserved(entry.Key)))
        {
            Append(lines, entry.Key, MetadataHeaders.Format(entry));
        }
        Write(response.BodyWriter, GrpcFraming.Frame(TrailersFlag, Encoding.ASCII.GetBytes(lines.ToString())));
    }

    private static void Append(StringBuilder lines, string name, string value) =>
        lines.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
}
