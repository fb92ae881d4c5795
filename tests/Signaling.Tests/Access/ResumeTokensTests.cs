using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Access;

[TestFixture]
internal sealed class ResumeTokensTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly ApiKey Key = new("app:1", "0123456789abcdef0123456789abcdef");

    private static readonly Participation Stay = new(
        Key.Id,
        "room",
        "participant",
        "ada",
        new string('界', 100),
        uint.MaxValue,
        "stay",
        TokenMaySpeak: true,
        MayListen: true,
        ParticipationKind.Live,
        Now,
        Resource: null,
        "session",
        "node"
    );

    private readonly TestClock _clock = new(Now);

    [Test]
    public void A_resume_token_is_good_wherever_the_key_is_known()
    {
        var text = new ResumeTokens([Key], _clock).Issue(Stay);

        Assert.That(new ResumeTokens([Key], _clock).TryVerify(text, out var stay), Is.True);
        Assert.That(stay, Is.EqualTo(Stay));
        Assert.That(text, Has.Length.LessThan(ResumeTokens.LengthMax));
    }

    [Test]
    public void Without_its_key_a_resume_token_is_worth_nothing()
    {
        var text = new ResumeTokens([Key], _clock).Issue(Stay);
        var others = new ResumeTokens([new ApiKey(Key.Id, new string('x', 32))], _clock);

        Assert.That(others.TryVerify(text, out _), Is.False);
        Assert.That(new ResumeTokens([], _clock).TryVerify(text, out _), Is.False);
    }

    [Test]
    public void A_resume_token_expires()
    {
        var clock = new TestClock(Now);
        var tokens = new ResumeTokens([Key], clock);
        var text = tokens.Issue(Stay);
        clock.Advance(TimeSpan.FromHours(25));

        Assert.That(tokens.TryVerify(text, out _), Is.False);
    }

    [Test]
    public void An_access_token_is_no_resume_token()
    {
        var text = AccessTokens.Issue(Key, new("ada"), "Ada", Grants.Development, Now.AddHours(1));

        Assert.That(new ResumeTokens([Key], _clock).TryVerify(text, out _), Is.False);
    }

    [Test]
    public void No_mutation_of_a_resume_token_is_accepted([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        var tokens = new ResumeTokens([Key], _clock);
        var good = tokens.Issue(Stay);
        for (var i = 0; i < 1_000; i++)
        {
            var text = good.ToCharArray();
            text[random.Next(text.Length)] = (char)random.Next(32, 127);

            var mutated = new string(text);
            Assert.That(mutated == good || !tokens.TryVerify(mutated, out _), mutated);
        }
    }

    [Test]
    public void A_context_comes_back_from_a_media_node_as_it_went()
    {
        var context = ResumeTokens.ToContext(Stay);

        Assert.That(context, Has.Length.LessThanOrEqualTo(4096));
        Assert.That(ResumeTokens.TryReadContext(context, out var stay), Is.True);
        Assert.That(stay, Is.EqualTo(Stay));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[1]")]
    [TestCase("{\"room\":1}")]
    public void A_context_that_is_not_ours_is_nobodys(string context) =>
        Assert.That(ResumeTokens.TryReadContext(System.Text.Encoding.UTF8.GetBytes(context), out _), Is.False);
}
