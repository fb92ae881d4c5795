using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Srtp;

/// <summary>
/// The test vectors of RFC 7714 §16 (SRTP) and §17 (SRTCP): session keys, nonces and packets as printed there.
/// </summary>
[TestFixture]
public sealed class AeadAesGcmRfcTests
{
    private const string Key128 = "000102030405060708090A0B0C0D0E0F";
    private const string Key256 = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
    private const string RtpHeader = "8040F17B8041F8D35501A0B2";
    private const string RtpNonce = "51753C6580C2726F20718414";
    private const string RtpText = "47616C6C696120657374206F6D6E69732064697669736120696E207061727465732074726573";

    [TestCase(
        Key128,
        "F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833899D7F27BEB16A9152CF765EE4390CCE"
    )]
    [TestCase(
        Key256,
        "32B1DE78A822FE12EF9F78FA332E33AAB18012389A58E2F3B50B2A0276FFAE0F1BA63799B87B7AA3DB36DFFFD6B0F9BB7878D7A76C13"
    )]
    public void Encrypts_and_opens_the_rtp_packet_of_section_16(string key, string expected)
    {
        foreach (var engine in Enum.GetValues<SrtpEngine>())
        {
            AssertVector(engine, key, RtpNonce, RtpHeader, RtpText, expected);
        }
    }

    [TestCase(
        Key128,
        "63E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED0BB9275BC84AA458"
            + "96CF4D2FC5ABF87245D9EADE"
    )]
    [TestCase(
        Key256,
        "D50AE4D1F5CE5D304BA297E47D470C282C3ECE5DBFFE0A50A2EAA5C1110555BE8415F658C61DE0476F1B6FAD1D1EB30C"
            + "4446839F57FF6F6CB26AC3BE"
    )]
    public void Encrypts_and_opens_the_rtcp_packet_of_section_17(string key, string expected)
    {
        const string nonce = "517524055203726F207170BB";
        const string associated = "81C8000D4D617273" + "800005D4";
        const string text = "4E5450314E545032525450200000042A0000E9304C756E61DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF";
        foreach (var engine in Enum.GetValues<SrtpEngine>())
        {
            AssertVector(engine, key, nonce, associated, text, expected);
        }
    }

    private static void AssertVector(
        SrtpEngine engine,
        string key,
        string nonce,
        string associated,
        string plain,
        string expected
    )
    {
        using var gcm = AesGcmEngine.Create(Convert.FromHexString(key), engine);
        var nonceBytes = Convert.FromHexString(nonce);
        var associatedBytes = Convert.FromHexString(associated);
        var text = Convert.FromHexString(plain);
        var tag = new byte[AesGcmEngine.TagLength];

        gcm.Seal(nonceBytes, associatedBytes, text, tag);
        Assert.That(Convert.ToHexString(text) + Convert.ToHexString(tag), Is.EqualTo(expected), $"{engine}");

        Assert.That(gcm.TryOpen(nonceBytes, associatedBytes, text, tag), Is.True);
        Assert.That(Convert.ToHexString(text), Is.EqualTo(plain));
    }
}
