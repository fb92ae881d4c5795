using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Grpc.Core;
using Grpc.Wire;

namespace Spaces.Contracts.Tests.Wire;

/// <summary>
/// The parsers of everything that a stranger sends, under inputs that a seed makes: mutations of good ones, and noise.
/// <c>make fuzz</c> runs ten million.
/// </summary>
[TestFixture]
public sealed class FuzzTests
{
    private const int InputsByDefault = 300_000;
    private const int LengthMax = 64;
    private const int Parsers = 8;

    private static readonly string[] Timeouts = ["1n", "99999999H", "100m", "20S", "5u", "0M", "123456789S", ""];
    private static readonly string[] Values =
    [
        "some text",
        "AAECAw",
        "AAECAw==",
        "AAE,AgM=",
        "%41%zz%",
        "gr%C3%BCn",
        "",
    ];
    private static readonly string[] Names = ["x-text", "x-some-bin", "grpc-status", "te", ":path", "X-Upper", "x y"];

    [Test]
    public void No_input_makes_a_parser_throw()
    {
        var inputs = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_INPUTS"), out var wished)
            ? wished
            : InputsByDefault;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        var accepted = 0L;

        for (var i = 0; i < inputs; i++)
        {
            try
            {
                accepted += Feed(random, i % Parsers) ? 1 : 0;
            }
            catch (Exception exception)
            {
                throw new AssertionException($"Seed {seed}, input {i}: {exception}", exception);
            }
        }

        TestContext.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{inputs} inputs, {accepted} accepted, {clock.Elapsed.TotalSeconds:F1} s, seed {seed}"
            )
        );
        Assert.That(accepted, Is.InRange(inputs / 100, inputs - inputs / 100), "good and bad inputs both occur");
    }

    private static bool Feed(Random random, int parser) =>
        parser switch
        {
            0 => FeedFraming(random),
            1 => FeedTimeout(random),
            2 => FeedMetadata(random),
            3 => FeedStatusText(random),
            4 => FeedGzip(random),
            5 => FuzzedBodies.FeedWebText(random),
            6 => FuzzedBodies.FeedConnectStream(random),
            _ => FuzzedBodies.FeedConnectGet(random),
        };

    private static bool FeedFraming(Random random)
    {
        var bytes = new byte[random.Next(LengthMax)];
        random.NextBytes(bytes);
        if (bytes.Length >= GrpcFraming.HeaderLength && random.Next(4) > 0)
        {
            GrpcFraming.WriteHeader(bytes, random.Next(2) == 0, random.Next(LengthMax));
        }

        var start = GrpcFraming.Read(new ReadOnlySequence<byte>(bytes), LengthMax / 2, out var frame);
        var isMessage = start == FrameStart.Message;
        Assert.That(!isMessage || frame.Payload.Length == frame.Length, Is.True);
        Assert.That(!isMessage || frame.Length <= LengthMax / 2, Is.True);
        return isMessage;
    }

    private static bool FeedTimeout(Random random)
    {
        var isTimeout = GrpcTimeout.TryParse(Mutated(random, Timeouts), out var timeout);
        Assert.That(!isTimeout || timeout >= TimeSpan.Zero, Is.True);
        return isTimeout && GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out var again) && again >= timeout;
    }

    private static bool FeedMetadata(Random random)
    {
        var metadata = new Metadata();
        return MetadataHeaders.TryAdd(metadata, Mutated(random, Names), Mutated(random, Values)) && metadata.Count > 0;
    }

    private static bool FeedStatusText(Random random)
    {
        var text = Mutated(random, Values);
        var decoded = StatusText.Decode(text);
        Assert.That(decoded.Length, Is.LessThanOrEqualTo(text.Length));
        return StatusText.Decode(StatusText.Encode(decoded)) == decoded;
    }

    private static bool FeedGzip(Random random)
    {
        var compressed = new ArrayBufferWriter<byte>();
        Gzip.Compress(new byte[random.Next(1, 200)], compressed, CompressionLevel.Fastest);
        var bytes = compressed.WrittenSpan.ToArray();
        bytes[random.Next(bytes.Length)] ^= (byte)(random.Next(4) == 0 ? 0 : random.Next(256));
        try
        {
            return !Gzip.Decompress(new ReadOnlySequence<byte>(bytes), lengthMax: 100).IsTooLong;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string Mutated(Random random, string[] samples)
    {
        var text = new StringBuilder(samples[random.Next(samples.Length)]);
        for (var changes = random.Next(3); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            var letter = (char)random.Next(random.Next(8) == 0 ? 0x3000 : 0x80);
            if (at < text.Length && random.Next(2) == 0)
            {
                text[at] = letter;
            }
            else
            {
                text.Insert(at, letter);
            }
        }
        return text.ToString();
    }
}
