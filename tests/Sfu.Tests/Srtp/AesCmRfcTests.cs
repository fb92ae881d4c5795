using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Srtp;

/// <summary>RFC 3711 appendix B.2 (AES-CM keystream), through the packets that it encrypts.</summary>
[TestFixture]
public sealed class AesCmRfcTests
{
    [Test]
    public void Gives_the_keystream_of_appendix_B_2([Values] SrtpEngine engine)
    {
        var key = Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C");
        var start = Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000");
        using var aes = AesKeystream.Create(key, engine);
        var text = new byte[0xFF02 * 16];

        aes.Apply(start, 0xFCFD0000, text);

        Assert.Multiple(() =>
        {
            Assert.That(Block(text, 0), Is.EqualTo("E03EAD0935C95E80E166B16DD92B4EB4"));
            Assert.That(Block(text, 1), Is.EqualTo("D23513162B02D0F72A43A2FE4A5F97AB"));
            Assert.That(Block(text, 2), Is.EqualTo("41E95B3BB0A2E8DD477901E4FCA894C0"));
            Assert.That(Block(text, 0xFEFF), Is.EqualTo("EC8CDF7398607CB0F2D21675EA9EA1E4"));
            Assert.That(Block(text, 0xFF00), Is.EqualTo("362B7C3C6773516318A077D7FC5073AE"));
            Assert.That(Block(text, 0xFF01), Is.EqualTo("6A2CC3787889374FBEB4C81B17BA6C44"));
        });
    }

    private static string Block(byte[] text, int index) => Convert.ToHexString(text.AsSpan(index * 16, 16));
}
