using Spaces.Sfu.Protocol.Ice;

namespace Spaces.Sfu.Tests.Ice;

[TestFixture]
public sealed class IceCredentialsTests
{
    [Test]
    public void Generated_credentials_are_well_formed_and_never_the_same()
    {
        var many = Enumerable.Range(0, 1000).Select(_ => IceCredentials.Generate()).ToList();

        Assert.That(many.All(credentials => credentials.IsWellFormed), Is.True);
        Assert.That(many.Select(credentials => credentials.Ufrag).Distinct().Count(), Is.EqualTo(1000));
    }

    [TestCase("abc", "0123456789012345678901")]
    [TestCase("abcd", "012345678901234567890")]
    [TestCase("ab:d", "0123456789012345678901")]
    [TestCase("abcd", "012345678901234567890\n")]
    public void Credentials_outside_the_grammar_are_not_well_formed(string ufrag, string password) =>
        Assert.That(new IceCredentials(ufrag, password).IsWellFormed, Is.False);

    [Test]
    public void The_password_is_not_in_the_text_of_credentials()
    {
        var credentials = IceCredentials.Generate();

        Assert.That(credentials.ToString(), Does.Not.Contain(credentials.Password));
    }
}
