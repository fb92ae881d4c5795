using System.Buffers;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>A method's messages in either encoding of Connect.</summary>
/// <remarks>
/// JSON fields that the server does not know are passed over, so that newer clients can talk to older servers.
/// Nesting is bounded, since the parser recurses.
/// </remarks>
internal sealed class ConnectCodec<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MessageDescriptor requestType,
    int? sendLengthMax
)
    where TRequest : class
    where TResponse : class
{
    private const int NestingMax = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );
    private static readonly JsonParser Parser = new(
        JsonParser.Settings.Default.WithIgnoreUnknownFields(true).WithRecursionLimit(NestingMax)
    );
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);

    /// <summary>The method with its messages in an encoding, for a protocol that frames them itself.</summary>
    public Method<TRequest, TResponse> MethodIn(ConnectEncoding encoding) =>
        new(
            method.Type,
            method.ServiceName,
            method.Name,
            new Marshaller<TRequest>(method.RequestMarshaller.ContextualSerializer, from => Parse(from, encoding)),
            encoding == ConnectEncoding.Proto
                ? method.ResponseMarshaller
                : new Marshaller<TResponse>(
                    (message, to) => to.Complete(FormatJson(message)),
                    method.ResponseMarshaller.ContextualDeserializer
                )
        );

    /// <exception cref="ConnectRefusal">The bytes are no such message; the text says what is wrong with
    /// them.</exception>
    public TRequest Parse(ReadOnlySequence<byte> body, ConnectEncoding encoding)
    {
        try
        {
            return encoding == ConnectEncoding.Proto
                ? method.RequestMarshaller.ContextualDeserializer(new ReceivedMessage(body))
                : (TRequest)Parser.Parse(StrictUtf8.GetString(body), requestType);
        }
        catch (Exception exception) when (IsAboutTheInput(exception))
        {
            var detail = $"The body is no {requestType.FullName} as {encoding.MediaType()}: {exception.Message}";
            throw new ConnectRefusal(new ConnectError(new Status(StatusCode.InvalidArgument, detail)), exception);
        }
    }

    /// <exception cref="RpcException">The message is longer than allowed.</exception>
    public ReadOnlyMemory<byte> Format(TResponse message, ConnectEncoding encoding)
    {
        if (encoding == ConnectEncoding.Json)
        {
            return FormatJson(message);
        }
        var writer = new MessageWriter<TResponse>(method.ResponseMarshaller, sendLengthMax, gzipLevel: null);
        return writer.Write(message, options: null)[GrpcFraming.HeaderLength..];
    }

    private TRequest Parse(DeserializationContext from, ConnectEncoding encoding)
    {
        try
        {
            return Parse(from.PayloadAsReadOnlySequence(), encoding);
        }
        catch (ConnectRefusal refusal)
        {
            throw new RpcException(refusal.Error.Status);
        }
    }

    private static byte[] FormatJson(TResponse message) => Encoding.UTF8.GetBytes(Formatter.Format((IMessage)message));

    /// <summary>What the parsers of protobuf throw at wrong input; well-known types have their own ways.</summary>
    private static bool IsAboutTheInput(Exception exception) =>
        exception
            is InvalidProtocolBufferException
                or InvalidJsonException
                or FormatException
                or OverflowException
                or ArgumentException
                or InvalidOperationException;
}
