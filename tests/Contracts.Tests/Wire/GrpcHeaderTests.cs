using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Grpc.Wire;

namespace Spaces.Contracts.Tests.Wire;

/// <summary>What gRPC writes into headers: timeouts, status texts, binary values, metadata.</summary>
[TestFixture]
public sealed class GrpcHeaderTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [TestCase("1H", 3600_000)]
    [TestCase("2M", 120_000)]
    [TestCase("3S", 3000)]
    [TestCase("4m", 4)]
    [TestCase("5000u", 5)]
    [TestCase("6000000n", 6)]
    [TestCase("0S", 0)]
    public void Reads_a_timeout(string text, int milliseconds)
    {
        Assert.That(GrpcTimeout.TryParse(text, out var timeout), Is.True);
        Assert.That(timeout.TotalMilliseconds, Is.EqualTo(milliseconds));
    }

    [TestCase("")]
    [TestCase("S")]
    [TestCase("1")]
    [TestCase("1s")]
    [TestCase("-1S")]
    [TestCase("+1S")]
    [TestCase(" 1S")]
    [TestCase("1.5S")]
    [TestCase("123456789S")]
    [TestCase("1S,2S")]
    public void Refuses_what_is_no_timeout(string text)
    {
        Assert.That(GrpcTimeout.TryParse(text, out _), Is.False);
    }

    [Test]
    public void The_longest_timeout_does_not_overflow()
    {
        Assert.That(GrpcTimeout.TryParse("99999999H", out var timeout), Is.True);
        Assert.That(timeout, Is.EqualTo(TimeSpan.FromHours(99_999_999)));
    }

    [Test]
    public void A_timeout_written_and_read_is_never_shorter_and_hardly_longer() =>
        Prop.ForAll<uint>(milliseconds =>
            {
                var timeout = TimeSpan.FromMilliseconds(milliseconds);
                return GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out var read)
                    && read >= timeout
                    && read - timeout < TimeSpan.FromSeconds(1);
            })
            .Check(Thorough);

    [Test]
    public void Any_text_is_a_timeout_or_is_refused() =>
        Prop.ForAll<string?>(text => !GrpcTimeout.TryParse(text ?? "", out var timeout) || timeout >= TimeSpan.Zero)
            .Check(Thorough);

    [TestCase("plain", "plain")]
    [TestCase("100 %", "100 %25")]
    [TestCase("zwölf\n", "zw%C3%B6lf%0A")]
    public void Writes_a_status_text(string text, string encoded)
    {
        Assert.That(StatusText.Encode(text), Is.EqualTo(encoded));
        Assert.That(StatusText.Decode(encoded), Is.EqualTo(text));
    }

    [TestCase("50% off")]
    [TestCase("%")]
    [TestCase("%zz")]
    public void Leaves_a_badly_encoded_status_text_as_it_is(string text)
    {
        Assert.That(StatusText.Decode(text), Is.EqualTo(text));
    }

    [Test]
    public void A_binary_value_comes_back_with_and_without_padding() =>
        Prop.ForAll<byte[]>(value =>
                BinaryHeader.TryDecode(BinaryHeader.Encode(value), out var read)
                && read.SequenceEqual(value)
                && BinaryHeader.TryDecode(Convert.ToBase64String(value), out read)
                && read.SequenceEqual(value)
            )
            .Check(Thorough);

    [Test]
    public void Any_header_is_metadata_or_is_refused() =>
        Prop.ForAll<string?, string?>(
                (name, value) =>
                {
                    var metadata = new Metadata();
                    return MetadataHeaders.TryAdd(metadata, $"{name}-bin", value ?? "")
                        || metadata.Count == 0
                        || metadata.All(entry => entry.IsBinary);
                }
            )
            .Check(Thorough);

    [Test]
    public void A_header_may_carry_several_binary_values()
    {
        var metadata = new Metadata();

        Assert.That(MetadataHeaders.TryAdd(metadata, "x-bin", "AQ==,Ag"), Is.True);

        Assert.That(metadata.Select(entry => entry.ValueBytes[0]), Is.EqualTo(new byte[] { 1, 2 }));
    }

    [TestCase("bad key", "v")]
    [TestCase("", "v")]
    [TestCase("key", "line\nbreak")]
    [TestCase("key-bin", "text")]
    public void Refuses_metadata_that_no_header_can_carry(string key, string value)
    {
        Assert.That(() => new Metadata { { key, value } }, Throws.ArgumentException);
    }

    [Test]
    public void Metadata_keys_are_lower_case_and_the_last_value_counts()
    {
        var metadata = new Metadata { { "Key", "one" }, { "kEY", "two" } };

        Assert.That(metadata[0].Key, Is.EqualTo("key"));
        Assert.That(metadata.GetValue("KEY"), Is.EqualTo("two"));
        Assert.That(metadata.GetAll("key").Count(), Is.EqualTo(2));
    }

    [TestCase("application/grpc", true)]
    [TestCase("application/grpc+proto", true)]
    [TestCase("Application/GRPC; charset=x", true)]
    [TestCase("application/grpc+json", false)]
    [TestCase("application/grpc-web", false)]
    [TestCase("application/json", false)]
    [TestCase(null, false)]
    public void Knows_the_content_types_of_gRPC(string? contentType, bool expected)
    {
        Assert.That(GrpcHeaders.IsGrpc(contentType), Is.EqualTo(expected));
    }
}
