using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Access;

[TestFixture]
internal sealed class AccessTokensTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly ApiKey Key = new("app", Secret);

    private static readonly AccessTokens Tokens = new(
        [Key, new ApiKey("other", new string('x', 32))],
        new TestClock(Now)
    );

    private static long Seconds => Now.ToUnixTimeSeconds();

    [Test]
    public void A_token_we_issue_says_what_it_was_given()
    {
        var grants = new Grants("lobby", Create: true, Join: true, Speak: false, Listen: true, Admin: false);
        var text = AccessTokens.Issue(Key, new Identity("ada"), "Ada", grants, Now.AddHours(1));

        Assert.That(Tokens.TryVerify(text, out var token, out _), Is.True);
        Assert.That(token, Is.EqualTo(new AccessToken(new Identity("ada"), "Ada", "app", grants)));
    }

    /// <summary>
    /// The key of RFC 7515 appendix A.1 and the signing input there: HMAC and base64url as the standard wants.
    /// </summary>
    [Test]
    public void Rfc7515_appendix_A_1_signature()
    {
        const string input =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        var key = Base64Url.DecodeFromChars(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        );

        var signature = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(input));

        Assert.That(Base64Url.EncodeToString(signature), Is.EqualTo("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
    }

    [Test]
    public void What_a_token_does_not_grant_it_does_not_allow()
    {
        var token = Verified($$$"""{"iss":"app","sub":"ada","exp":{{{Seconds}}},"spaces":{"join":"yes"}}""");

        Assert.That(token.Grants, Is.EqualTo(new Grants("", false, false, false, false, false)));
        Assert.That(token.Grants.Covers(new RoomId("lobby")), Is.False);
        Assert.That(token.Name, Is.EqualTo("ada"));
    }

    [TestCase(59, true)]
    [TestCase(61, false)]
    public void A_token_is_taken_up_to_a_minute_after_it_expired(int after, bool accepted)
    {
        var problem = ProblemOf(Claims($"\"exp\":{Seconds - after}"));

        Assert.That(problem, accepted ? Is.Null : Does.Contain("expired"));
    }

    [TestCase(59, true)]
    [TestCase(61, false)]
    public void A_token_is_taken_up_to_a_minute_before_it_begins(int before, bool accepted)
    {
        var problem = ProblemOf(Claims($"\"exp\":{Seconds + 900},\"nbf\":{Seconds + before}"));

        Assert.That(problem, accepted ? Is.Null : Does.Contain("not valid yet"));
    }

    [TestCase("\"nbf\":1", "exp")]
    [TestCase("\"exp\":\"tomorrow\"", "exp")]
    [TestCase("\"exp\":1e300", "exp")]
    [TestCase("\"exp\":-1", "exp")]
    [TestCase("\"exp\":9999999999,\"nbf\":\"x\"", "nbf")]
    public void Times_that_are_none_are_refused(string times, string named) =>
        Assert.That(ProblemOf(Claims(times)), Does.Contain(named));

    [TestCase("""{"alg":"none"}""")]
    [TestCase("""{"alg":"None"}""")]
    [TestCase("""{"alg":"HS512"}""")]
    [TestCase("""{"alg":"RS256"}""")]
    [TestCase("""{"alg":"hs256"}""")]
    [TestCase("""{"alg":["HS256"]}""")]
    [TestCase("""{"typ":"JWT"}""")]
    [TestCase("""{"alg":"HS256","alg":"none"}""")]
    [TestCase("""{"alg":"HS256","crit":["exp"]}""")]
    [TestCase("""["HS256"]""")]
    [TestCase("null")]
    public void Only_HS256_is_an_algorithm(string header) =>
        Assert.That(ProblemOf(Sign(header, Good())), Is.Not.Null.And.EndsWith("."));

    [Test]
    public void A_token_without_a_signature_is_refused_whatever_it_claims()
    {
        var claims = Encode(Good());

        Assert.Multiple(() =>
        {
            Assert.That(ProblemOf($"{Encode("""{"alg":"none"}""")}.{claims}."), Is.Not.Null);
            Assert.That(ProblemOf($"{Encode(Header)}.{claims}."), Is.Not.Null);
            Assert.That(ProblemOf($"{Encode(Header)}.{claims}"), Is.Not.Null);
        });
    }

    [Test]
    public void An_unknown_key_and_a_wrong_signature_get_the_same_answer()
    {
        var unknown = ProblemOf(Sign(Header, Good(), key: "nobody"));
        var wrong = ProblemOf(Sign(Header, Good(), secret: new string('y', 32)));

        Assert.That(unknown, Is.EqualTo(wrong).And.Contains("does not verify"));
    }

    [Test]
    public void A_key_id_in_the_header_names_the_key_and_nothing_else()
    {
        var claims = Good("somebody");
        Assert.That(ProblemOf(Sign("""{"alg":"HS256","kid":"app"}""", claims)), Is.Null);
        Assert.That(ProblemOf(Sign("""{"alg":"HS256","kid":"../../dev/null"}""", claims)), Is.Not.Null);
        Assert.That(ProblemOf(Sign("""{"alg":"HS256","kid":"other"}""", claims)), Is.Not.Null);
    }

    [Test]
    public void One_keys_secret_does_not_sign_for_another_key() =>
        Assert.That(ProblemOf(Sign(Header, Good("other"), secret: Secret)), Is.Not.Null);

    [TestCase("")]
    [TestCase("a\nb")]
    public void An_identity_that_people_cannot_read_is_refused(string identity) =>
        Assert.That(
            ProblemOf(Sign(Header, $$$"""{"iss":"app","sub":{{{Json(identity)}}},"exp":{{{Seconds}}},"spaces":{}}""")),
            Is.Not.Null
        );

    [Test]
    public void A_token_above_4_KiB_is_refused_unread() =>
        Assert.That(ProblemOf(new string('a', AccessTokens.LengthMax + 1)), Does.Contain("longer"));

    [Test]
    public void No_mutation_of_a_token_is_accepted([Range(1, 20)] int seed)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0é";
        var random = new Random(seed);
        var good = Sign(Header, Good());
        Assert.That(ProblemOf(good), Is.Null);
        for (var i = 0; i < 2_000; i++)
        {
            var text = new StringBuilder(good);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(text.Length);
                _ = random.Next(3) switch
                {
                    0 => text.Remove(at, 1),
                    1 => text.Insert(at, alphabet[random.Next(alphabet.Length)]),
                    _ => text.Replace(text[at], alphabet[random.Next(alphabet.Length)], at, 1),
                };
            }

            var mutated = text.ToString();
            Assert.That(mutated == good || ProblemOf(mutated) is not null, mutated);
        }
    }

    [Test]
    public void Any_claims_give_a_token_or_a_sentence([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var claims = new string([.. Enumerable.Range(0, random.Next(80)).Select(_ => Piece(random))]);

            Assert.That(() => ProblemOf(Sign(Header, $"{{\"iss\":\"app\",{claims}}}")), Throws.Nothing);
        }
    }

    private static char Piece(Random random)
    {
        const string pieces = "{}[]\",:0123456789.eE-+truefalsenull\\ud8xspacroma";
        return pieces[random.Next(pieces.Length)];
    }

    private static string Good(string issuer = "app") =>
        $$$"""{"iss":"{{{issuer}}}","sub":"ada","exp":{{{Seconds + 60}}},"spaces":{"room":"*","join":true}}""";

    private static string Claims(string times) =>
        Sign(Header, $$$"""{"iss":"app","sub":"ada",{{{times}}},"spaces":{"room":"*"}}""");

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Sign(string header, string claims, string? key = null, string secret = Secret)
    {
        var named = key is null ? claims : claims.Replace("\"app\"", $"\"{key}\"", StringComparison.Ordinal);
        var input = $"{Encode(header)}.{Encode(named)}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(input));
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static AccessToken Verified(string claims)
    {
        Assert.That(Tokens.TryVerify(Sign(Header, claims), out var token, out var problem), Is.True, problem);
        return token!;
    }

    private static string? ProblemOf(string text) => Tokens.TryVerify(text, out _, out var problem) ? null : problem;
}
