using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Srtp;

/// <summary>The test vectors of RFC 3711, appendix B.3 (key derivation).</summary>
[TestFixture]
public sealed class SrtpKeyDerivationRfcTests
{
    private static readonly byte[] MasterKey = Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139");
    private static readonly byte[] MasterSalt = Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6");

    [TestCase(SrtpKeyLabel.RtpEncryption, "C61E7A93744F39EE10734AFE3FF7A087")]
    [TestCase(SrtpKeyLabel.RtpSalt, "30CBBC08863D8C85D49DB34A9AE1")]
    [TestCase(
        SrtpKeyLabel.RtpAuthentication,
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF7227098"
            + "6371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2"
    )]
    public void Derives_the_session_key_of_appendix_B_3(SrtpKeyLabel label, string expected)
    {
        var sessionKey = new byte[expected.Length / 2];

        SrtpKeyDerivation.Derive(MasterKey, MasterSalt, label, sessionKey);

        Assert.That(Convert.ToHexString(sessionKey), Is.EqualTo(expected));
    }
}
