using System.Text.Json;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Access;

namespace Spaces.Signaling.Tests.Accounts;

/// <summary>What a token says about its bearer's account.</summary>
[TestFixture]
internal sealed class AccountClaimsTests
{
    [Test]
    public void Everything_is_read()
    {
        const string Claims =
            """{"account":{"followers":600,"country":"de","platform":"iOS","avatar":"https://example.org/a.png"}}""";

        Assert.That(
            Read(Claims),
            Is.EqualTo(new AccountFacts(new Identity("ada"), 600, "DE", "ios") { Avatar = "https://example.org/a.png" })
        );
    }

    [TestCase("{}")]
    [TestCase("""{"account":null}""")]
    [TestCase("""{"account":{}}""")]
    [TestCase("""{"account":{"followers":null,"country":null,"platform":null,"avatar":null,"more":1}}""")]
    public void What_is_absent_is_unknown(string claims) =>
        Assert.That(Read(claims), Is.EqualTo(new AccountFacts(new Identity("ada"))));

    [TestCase("""{"account":[]}""", "The claim account of the access token is not an object.")]
    [TestCase("""{"account":{"followers":-1}}""", "The claim account.followers of the access token is not a whole")]
    [TestCase("""{"account":{"followers":1.5}}""", "The claim account.followers")]
    [TestCase("""{"account":{"followers":"600"}}""", "The claim account.followers")]
    [TestCase("""{"account":{"followers":99999999999}}""", "The claim account.followers")]
    [TestCase("""{"account":{"country":"UK"}}""", "The claim account.country of the access token is not a country")]
    [TestCase("""{"account":{"country":7}}""", "The claim account.country of the access token is not a text.")]
    [TestCase("""{"account":{"platform":"i os"}}""", "The claim account.platform")]
    [TestCase("""{"account":{"avatar":"http://example.org/a.png"}}""", "The claim account.avatar")]
    [TestCase("""{"account":{"avatar":"\ud800"}}""", "The claim account.avatar of the access token is not a text.")]
    public void What_is_wrong_is_named(string claims, string problem)
    {
        using var document = JsonDocument.Parse(claims);

        var read = AccountClaims.TryRead(document.RootElement, new Identity("ada"), out _, out var found);

        Assert.That(read, Is.False);
        Assert.That(found, Does.StartWith(problem).And.EndWith("."));
    }

    private static AccountFacts Read(string claims)
    {
        using var document = JsonDocument.Parse(claims);
        var read = AccountClaims.TryRead(document.RootElement, new Identity("ada"), out var facts, out var problem);
        Assert.That(read, Is.True, problem);
        return facts;
    }
}
