using System.Net;
using System.Security.Cryptography;
using System.Text;
using Spaces.Sfu.Protocol.Stun;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Sfu.Tests.Stun;

/// <summary>The test vectors of RFC 5769.</summary>
[TestFixture]
public sealed class StunMessageRfcTests
{
    private static readonly byte[] Password = "VOkJxbRl1RmTxUk/WvJxBt"u8.ToArray();

    /// <summary>§2.1.</summary>
    private static readonly byte[] Request = Convert.FromHexString(
        "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
            + "002400046e0001ff80290008932ff9b151263b36000600096576746a3a683676592020200008001"
            + "49aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
    );

    /// <summary>§2.2.</summary>
    private static readonly byte[] Ipv4Response = Convert.FromHexString(
        "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643"
            + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
    );

    /// <summary>§2.3.</summary>
    private static readonly byte[] Ipv6Response = Convert.FromHexString(
        "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a147"
            + "0113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"
    );

    /// <summary>§2.4.</summary>
    private static readonly byte[] LongTermRequest = Convert.FromHexString(
        "000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b900000015001c"
            + "662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b6578616d706c652e6f726700"
            + "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666"
    );

    [Test]
    public void The_request_of_2_1_is_read_and_proven()
    {
        Assert.That(StunMessage.TryParse(Request, out var message), Is.True);
        Assert.That(message.Type, Is.EqualTo(StunMessageType.BindingRequest));
        Assert.That(message.TryGetUsername(out var username), Is.True);
        Assert.That(Encoding.ASCII.GetString(username), Is.EqualTo("evtj:h6vY"));
        Assert.That(message.TryGetLocalUfrag(out var ufrag), Is.True);
        Assert.That(Encoding.ASCII.GetString(ufrag), Is.EqualTo("evtj"));
        Assert.That(message.Priority, Is.EqualTo(0x6E0001FF));
        Assert.That(message.IsControlled, Is.True);
        Assert.That(message.HasValidIntegrity(Password), Is.True);
        Assert.That(message.HasValidIntegrity("VOkJxbRl1RmTxUk/WvJxBu"u8), Is.False);
    }

    [Test]
    public void The_response_of_2_2_gives_its_IPv4_address()
    {
        Assert.That(StunMessage.TryParse(Ipv4Response, out var message), Is.True);
        Assert.That(message.Type, Is.EqualTo(StunMessageType.BindingSuccess));
        Assert.That(message.HasValidIntegrity(Password), Is.True);
        Assert.That(message.TryGetXorMappedAddress(out var address), Is.True);
        Assert.That(address, Is.EqualTo(Addresses.Of(IPAddress.Parse("192.0.2.1"), 32853)));
    }

    [Test]
    public void The_response_of_2_3_gives_its_IPv6_address()
    {
        Assert.That(StunMessage.TryParse(Ipv6Response, out var message), Is.True);
        Assert.That(message.HasValidIntegrity(Password), Is.True);
        Assert.That(message.TryGetXorMappedAddress(out var address), Is.True);
        var expected = Addresses.Of(IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677"), 32853);
        Assert.That(address, Is.EqualTo(expected));
    }

    [Test]
    public void The_long_term_request_of_2_4_is_read_and_proven()
    {
        var text = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9:example.org:TheMatrIX";
#pragma warning disable CA5351 // RFC 8489 §9.2.2 makes the long-term key with MD5.
        var key = MD5.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5351

        Assert.That(StunMessage.TryParse(LongTermRequest, out var message), Is.True);
        Assert.That(message.TryGetAttribute(StunAttribute.Realm, out var realm), Is.True);
        Assert.That(Encoding.UTF8.GetString(realm), Is.EqualTo("example.org"));
        Assert.That(message.HasValidIntegrity(key), Is.True);
        Assert.That(message.FirstUnknownAttribute(), Is.EqualTo(StunAttribute.None));
    }

    [Test]
    public void Writing_the_response_of_2_2_gives_an_equal_message()
    {
        Assert.That(StunMessage.TryParse(Ipv4Response, out var original), Is.True);
        Assert.That(original.TryGetXorMappedAddress(out var address), Is.True);
        var buffer = new byte[StunMessage.LengthMax];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingSuccess, original.TransactionId);
        writer.Add(StunAttribute.Software, "test vector"u8);
        writer.AddXorMappedAddress(address);
        writer.AddIntegrity(Password);
        writer.AddFingerprint();

        // The vector pads SOFTWARE with a space, RFC 8489 with zero, so the two sums differ and nothing else does.
        Assert.That(writer.Length, Is.EqualTo(Ipv4Response.Length));
        Assert.That(buffer[..35], Is.EqualTo(Ipv4Response[..35]));
        Assert.That(buffer[36..52], Is.EqualTo(Ipv4Response[36..52]));
        Assert.That(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var written), Is.True);
        Assert.That(written.HasValidIntegrity(Password), Is.True);
    }
}
