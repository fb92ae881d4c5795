using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Tests.Store.Redis;

[TestFixture]
internal sealed class RedisOptionsTests
{
    [TestCase("redis", "Standalone redis:6379")]
    [TestCase("redis:1", "Standalone redis:1")]
    [TestCase("[::1]:7", "Standalone [::1]:7")]
    [TestCase("10.0.0.1:1, 10.0.0.2:2", "Cluster 10.0.0.1:1,10.0.0.2:2")]
    [TestCase("redis:1,cluster=on", "Cluster redis:1")]
    [TestCase("a,b:2,c,sentinel=stage", "Sentinel a:26379,b:2,c:26379")]
    [TestCase("redis,tls=on,user=ada,password=secret", "Standalone redis:6379 tls as ada")]
    [TestCase("redis,tls-name=example.org", "Standalone redis:6379 tls")]
    public void Servers_and_how_to_reach_them_are_read(string text, string expected)
    {
        Assert.That(RedisOptions.TryParse(text, out var options, out var problem), Is.True, problem);
        Assert.That(options!.ToString(), Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("password=secret")]
    [TestCase("redis:0")]
    [TestCase("redis:70000")]
    [TestCase("redis:port")]
    [TestCase("redis://redis:1")]
    [TestCase("user:secret@redis")]
    [TestCase("redis,tls=maybe,password=secret")]
    [TestCase("redis,colour=secret")]
    [TestCase("redis,user=secret")]
    [TestCase("redis,password=")]
    [TestCase("redis,tls-ca=/no/such/secret")]
    [TestCase("redis,password-file=/no/such/secret")]
    [TestCase("redis,cluster=on,sentinel=secret")]
    [TestCase("redis,prefix=a{secret}")]
    public void What_cannot_be_meant_is_refused_without_repeating_what_may_be_secret(string text)
    {
        Assert.That(RedisOptions.TryParse(text, out _, out var problem), Is.False);
        Assert.That(problem, Is.Not.Empty.And.Not.Contain("secret"));
    }

    [Test]
    public void A_password_may_have_any_character_and_is_never_printed()
    {
        const string Secret = "a,b%=c d+ü";
        var text = $"redis,password={Uri.EscapeDataString(Secret)}";
        Assert.That(RedisOptions.TryParse(text, out var options, out _), Is.True);
        Assert.That(options!.Password, Is.EqualTo(Secret));
        Assert.That($"{options}", Does.Not.Contain("a,b"));
    }

    [TestCase("", 0)]
    [TestCase("123456789", 0x31C3)]
    [TestCase("foo{bar}baz", 5061)]
    [TestCase("bar", 5061)]
    [TestCase("{r:lobby}:log", -1)]
    public void Slots_are_those_of_a_cluster(string key, int expected) =>
        Assert.That(HashSlot.Of(key), Is.EqualTo(expected < 0 ? HashSlot.Of("r:lobby") : expected));

    [Test]
    public void The_rights_that_operators_are_told_to_give_are_those_that_the_tests_give()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Spaces.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests are in no repository.");
        }

        var page = File.ReadAllText(Path.Combine(folder.FullName, "docs", "operating.md"));
        Assert.That(page, Does.Contain(RedisDeployment.Rights));
    }
}
