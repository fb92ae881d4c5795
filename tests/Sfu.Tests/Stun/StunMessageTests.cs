using FsCheck;
using FsCheck.Fluent;
using Spaces.Sfu.Protocol.Stun;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Sfu.Tests.Stun;

[TestFixture]
public sealed class StunMessageTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);
    private static readonly byte[] Password = "a-password-of-some-length"u8.ToArray();

    [Test]
    public void Any_bytes_are_a_message_or_a_refusal() =>
        Prop.ForAll<byte[]>(bytes => ReadEverything(bytes)).Check(Thorough);

    [Test]
    public void Any_change_of_a_message_is_a_message_or_a_refusal() =>
        Prop.ForAll<uint, byte, uint>(
                (position, value, cut) =>
                {
                    var message = Check();
                    message[position % (uint)message.Length] = value;
                    ReadEverything(message.AsSpan(0, message.Length - (int)(cut % 9)));
                }
            )
            .Check(Thorough);

    [Test]
    public void Any_flipped_bit_before_the_fingerprint_breaks_a_message()
    {
        for (var bit = 0; bit < (Check().Length - 8) * 8; bit++)
        {
            var message = Check();
            message[bit / 8] ^= (byte)(1 << (bit % 8));

            var isBelieved = StunMessage.TryParse(message, out var view) && view.HasValidIntegrity(Password);

            Assert.That(isBelieved, Is.False, $"bit {bit}");
        }
    }

    [TestCase(-4)]
    [TestCase(4)]
    public void The_length_must_be_the_datagrams(int difference)
    {
        var message = Check();
        Array.Resize(ref message, message.Length + difference);

        Assert.That(StunMessage.TryParse(message, out _), Is.False);
    }

    [Test]
    public void Attributes_behind_the_integrity_do_not_count()
    {
        var buffer = new byte[200];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingRequest, new byte[12]);
        writer.Add(StunAttribute.Username, "us:them"u8);
        writer.AddIntegrity(Password);
        writer.Add(StunAttribute.UseCandidate, []);

        Assert.That(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message), Is.True);
        Assert.That(message.HasValidIntegrity(Password), Is.True);
        Assert.That(message.UseCandidate, Is.False);
    }

    [Test]
    public void A_message_without_integrity_is_proven_by_no_password()
    {
        var buffer = new byte[100];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingRequest, new byte[12]);
        writer.Add(StunAttribute.Username, "us:them"u8);
        writer.AddFingerprint();

        Assert.That(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message), Is.True);
        Assert.That(message.HasValidIntegrity([]), Is.False);
    }

    [Test]
    public void An_unknown_attribute_that_must_be_understood_is_found()
    {
        var buffer = new byte[100];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingRequest, new byte[12]);
        writer.Add((StunAttribute)0xC001, 7u);
        writer.Add((StunAttribute)0x7FFE, 7u);

        Assert.That(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message), Is.True);
        Assert.That(message.FirstUnknownAttribute(), Is.EqualTo((StunAttribute)0x7FFE));
    }

    private static byte[] Check() => Checks.Request("us", "them", Password, seed: 1);

    private static void ReadEverything(ReadOnlySpan<byte> bytes)
    {
        StunMessage.TryGetLocalUfrag(bytes, out _);
        if (StunMessage.TryParse(bytes, out var message))
        {
            _ = message.Priority + (uint)message.ErrorCode + message.TransactionId.Length;
            _ = message.UseCandidate || message.IsControlled || message.IsControlling;
            message.TryGetXorMappedAddress(out _);
            message.FirstUnknownAttribute();
            message.HasValidIntegrity(Password);
        }
    }
}
