using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Spaces.Signaling.Server.Sessions;
using Spaces.V1;

namespace Spaces.Signaling.Server.WebSockets;

/// <summary>How messages look in the frames of one WebSocket subprotocol.</summary>
internal abstract class MessageCodec
{
    public const int MessageLengthMax = 64 * 1024;

    public static MessageCodec Json { get; } = new JsonCodec();

    public static MessageCodec Protobuf { get; } = new ProtobufCodec();

    public abstract bool IsText { get; }

    public abstract byte[] Encode(OutboundMessage message);

    /// <param name="bytes">At most <see cref="MessageLengthMax"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="requestId">Of a message that is none, where it could be read; else 0.</param>
    /// <param name="problem">What is wrong with it, for the client's developer.</param>
    public abstract bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out ClientMessage? message,
        out ulong requestId,
        [NotNullWhen(false)] out string? problem
    );

    /// <summary>The subprotocol <c>spaces.v1.json</c>: the proto3 JSON mapping.</summary>
    private sealed class JsonCodec : MessageCodec
    {
        private const int DepthMax = 8;
        private const int ProblemLengthMax = 200;

        private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithRecursionLimit(DepthMax));

        private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

        public override bool IsText => true;

        public override byte[] Encode(OutboundMessage message) => message.Json;

        public override bool TryDecode(
            ReadOnlySpan<byte> bytes,
            [NotNullWhen(true)] out ClientMessage? message,
            out ulong requestId,
            [NotNullWhen(false)] out string? problem
        )
        {
            message = null;
            problem = null;
            requestId = 0;
            try
            {
                message = Parser.Parse<ClientMessage>(StrictUtf8.GetString(bytes));
                return true;
            }
            catch (Exception error)
                when (error
                        is InvalidProtocolBufferException
                            or InvalidJsonException
                            or ArgumentException
                            or FormatException
                            or OverflowException
                            or InvalidOperationException
                )
            {
                requestId = FindRequestId(bytes);
                problem = $"The message is not a ClientMessage in JSON: {Printable(error.Message)}";
                return false;
            }
        }

        /// <summary>
        /// The request id of a message that does not parse, so that its sender learns which one it was.
        /// </summary>
        private static ulong FindRequestId(ReadOnlySpan<byte> bytes)
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 64 });
            try
            {
                while (reader.Read())
                {
                    if (
                        reader.CurrentDepth == 1
                        && reader.TokenType == JsonTokenType.PropertyName
                        && (reader.ValueTextEquals("requestId"u8) || reader.ValueTextEquals("request_id"u8))
                        && reader.Read()
                    )
                    {
                        return IdAt(ref reader);
                    }
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // Not even JSON.
            }

            return 0;
        }

        private static ulong IdAt(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                return reader.TryGetUInt64(out var number) ? number : 0;
            }

            return
                reader.TokenType == JsonTokenType.String
                && ulong.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var text)
                ? text
                : 0;
        }

        private static string Printable(string text)
        {
            var kept = text.Length <= ProblemLengthMax ? text : text[..ProblemLengthMax];
            return string.Concat(kept.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
        }
    }

    /// <summary>The subprotocol <c>spaces.v1.protobuf</c>.</summary>
    private sealed class ProtobufCodec : MessageCodec
    {
        public override bool IsText => false;

        public override byte[] Encode(OutboundMessage message) => message.Protobuf;

        public override bool TryDecode(
            ReadOnlySpan<byte> bytes,
            [NotNullWhen(true)] out ClientMessage? message,
            out ulong requestId,
            [NotNullWhen(false)] out string? problem
        )
        {
            message = null;
            problem = null;
            requestId = 0;
            try
            {
                message = ClientMessage.Parser.ParseFrom(bytes);
                return true;
            }
            catch (InvalidProtocolBufferException)
            {
                problem = "The message is not a ClientMessage in protobuf.";
                return false;
            }
        }
    }
}
