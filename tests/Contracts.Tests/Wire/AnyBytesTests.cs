using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Connect;
using Grpc.Core;
using Grpc.Wire;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Wire;

/// <summary>Whatever a client sends is a message or a refusal that says why, never another exception.</summary>
[TestFixture]
public sealed class AnyBytesTests
{
    private const int LengthMax = 1000;
    private const string SomeJson =
        """{"text":"a\u00e4","times":5,"failWith":-1,"hang":true,"unknown":[{"a":null},1e9]}""";

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3000);
    private static readonly Method<SayRequest, SayResponse> Method = new(
        MethodType.Unary,
        "spaces.tests.v1.EchoService",
        "Say",
        Marshallers.Create(message => message.ToByteArray(), SayRequest.Parser.ParseFrom),
        Marshallers.Create(message => message.ToByteArray(), SayResponse.Parser.ParseFrom)
    );
    private static readonly ConnectCodec<SayRequest, SayResponse> Codec = new(
        Method,
        SayRequest.Descriptor,
        sendLengthMax: null
    );

    [Test]
    public void Any_stream_is_messages_or_a_refusal() =>
        Prop.ForAll<byte[], bool>((bytes, isGzip) => ReadsOrRefuses(bytes, isGzip)).Check(Thorough);

    [Test]
    public void Any_change_of_a_stream_is_messages_or_a_refusal() =>
        Prop.ForAll<uint, byte, bool>(
                (position, value, isGzip) =>
                {
                    var stream = Frames();
                    stream[position % (uint)stream.Length] = value;
                    return ReadsOrRefuses(stream, isGzip);
                }
            )
            .Check(Thorough);

    [Test]
    public void Any_body_is_a_message_or_a_refusal() =>
        Prop.ForAll<byte[], bool>((bytes, isJson) => ParsesOrRefuses(bytes, isJson)).Check(Thorough);

    [Test]
    public void Any_change_of_a_JSON_body_is_a_message_or_a_refusal() =>
        Prop.ForAll<uint, byte, uint>(
                (position, value, cut) =>
                {
                    var body = Encoding.UTF8.GetBytes(SomeJson);
                    body[position % (uint)body.Length] = value;
                    var length = cut % 2 == 0 ? body.Length : (int)(cut % (uint)body.Length);
                    return ParsesOrRefuses(body[..length], isJson: true);
                }
            )
            .Check(Thorough);

    private static byte[] Frames()
    {
        var writer = new MessageWriter<SayRequest>(Method.RequestMarshaller, null, gzipLevel: null);
        var plain = writer.Write(new SayRequest { Text = "some text", Times = 7 }, null).ToArray();
        var zipping = new MessageWriter<SayRequest>(
            Method.RequestMarshaller,
            null,
            System.IO.Compression.CompressionLevel.Fastest
        );
        return [.. plain, .. zipping.Write(new SayRequest { Text = new string('x', 500) }, null).ToArray()];
    }

    private static bool ReadsOrRefuses(byte[] bytes, bool isGzip)
    {
        var pipe = PipeReader.Create(new ReadOnlySequence<byte>(bytes));
        var reader = new MessageReader<SayRequest>(pipe, Method.RequestMarshaller, LengthMax, isGzip);
        try
        {
            // A sequence's pipe has everything at once, so no read ever waits.
            while (reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is not null) { }
            return true;
        }
        catch (RpcException refusal)
        {
            return refusal.StatusCode is StatusCode.Internal or StatusCode.ResourceExhausted;
        }
    }

    private static bool ParsesOrRefuses(byte[] body, bool isJson)
    {
        var encoding = isJson ? ConnectEncoding.Json : ConnectEncoding.Proto;
        try
        {
            return Codec.Parse(new ReadOnlySequence<byte>(body), encoding) is not null;
        }
        catch (ConnectRefusal refusal)
        {
            return refusal.Error.Status.StatusCode == StatusCode.InvalidArgument;
        }
    }
}
