using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Tests.Accounts;

/// <summary>What may be written of an account, and what counts when it is also claimed.</summary>
[TestFixture]
internal sealed class AccountTests
{
    private static readonly Identity Ada = new("ada");

    [Test]
    public void A_change_writes_what_it_names_forgets_what_it_empties_and_leaves_the_rest()
    {
        var account = new Account(Ada, "Ada", "https://example.org/a.png", 12, "GB", "web");

        var next = account.With(new AccountChange(Ada, Avatar: "", Followers: 0, Country: "de", Platform: "iOS"));

        Assert.That(next, Is.EqualTo(new Account(Ada, "Ada", null, 0, "DE", "ios")));
    }

    [TestCase("https://example.org/ada.png")]
    [TestCase("https://cdn.example.org:8443/a?size=64#x")]
    public void An_https_picture_is_an_avatar(string url) =>
        Assert.That(new AccountChange(Ada, Avatar: url).Problem(), Is.Null);

    [TestCase("http://example.org/ada.png")]
    [TestCase("javascript:alert(1)")]
    [TestCase("data:image/png;base64,AAAA")]
    [TestCase("//example.org/ada.png")]
    [TestCase("ada.png")]
    [TestCase("https://")]
    [TestCase("https://name:password@example.org/ada.png")]
    [TestCase("https://example.org/a b.png")]
    [TestCase("https://example.org/\"onerror=\"x")]
    [TestCase("https://example.org/\n")]
    public void Anything_else_is_not(string url) =>
        Assert.That(
            new AccountChange(Ada, Avatar: url).Problem(),
            Is.EqualTo("avatar_url is not an https URL. Give one such as https://example.org/ada.png.")
        );

    [Test]
    public void An_avatar_has_at_most_2048_characters()
    {
        const string Site = "https://example.org/";
        Assert.That(new AccountChange(Ada, Avatar: Site.PadRight(2048, 'a')).Problem(), Is.Null);
        Assert.That(
            new AccountChange(Ada, Avatar: Site.PadRight(2049, 'a')).Problem(),
            Is.EqualTo("avatar_url has 2049 characters. Give at most 2048.")
        );
    }

    [TestCase("DE")]
    [TestCase("gb")]
    [TestCase("XK")]
    [TestCase("")]
    public void A_country_is_one_of_iso_3166(string code) =>
        Assert.That(new AccountChange(Ada, Country: code).Problem(), Is.Null);

    [TestCase("UK")]
    [TestCase("DEU")]
    [TestCase("D")]
    [TestCase("ZZ")]
    [TestCase("Germany")]
    public void What_is_no_country_is_refused(string code) =>
        Assert.That(new AccountChange(Ada, Country: code).Problem(), Does.StartWith("country is not a country code."));

    [TestCase("", "identity is empty.")]
    [TestCase("a\nb", "identity has a line break")]
    public void An_identity_is_a_line_of_text(string identity, string problem) =>
        Assert.That(new AccountChange(new Identity(identity)).Problem(), Does.StartWith(problem));

    [Test]
    public void Other_fields_are_checked_by_name()
    {
        Assert.That(new AccountChange(Ada, Followers: -1).Problem(), Does.StartWith("followers is below 0."));
        Assert.That(new AccountChange(Ada, Platform: "i os").Problem(), Does.StartWith("platform is not a platform."));
        Assert.That(new AccountChange(Ada, Name: new string('a', 101)).Problem(), Does.StartWith("name has 101"));
        Assert.That(new AccountChange(Ada, Platform: new string('a', 33)).Problem(), Does.StartWith("platform is"));
    }

    [Test]
    public void The_operators_word_goes_before_a_claim_field_by_field()
    {
        var claimed = new AccountFacts(Ada, 1_000_000, "US", "ios") { Avatar = "https://example.org/claimed.png" };

        var facts = claimed.Under(new Account(Ada, Followers: 3, Country: "DE"));

        Assert.That(facts, Is.EqualTo(claimed with { Followers = 3, Country = "DE" }));
        Assert.That(claimed.Under(null), Is.SameAs(claimed));
    }
}
