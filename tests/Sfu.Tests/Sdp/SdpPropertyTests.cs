using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Spaces.Sfu.Protocol.Sdp;

namespace Spaces.Sfu.Tests.Sdp;

/// <summary>
/// Any text gives an answer or a refusal: no exception, bounded time and memory, and no line smuggled in.
/// </summary>
[TestFixture]
public sealed class SdpPropertyTests
{
    private static readonly AudioAnswerOptions Options = SdpSamples.Options();

    [Test]
    public void Any_text_gives_an_answer_or_a_refusal() =>
        Prop.ForAll<string?>(text => AssertTotal(text ?? "")).QuickCheckThrowOnFailure();

    [Test]
    public void A_damaged_offer_gives_an_answer_or_a_refusal([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var offers = Offers.Names.Select(Offers.Read).ToArray();
        for (var i = 0; i < 250; i++)
        {
            AssertTotal(Damage(random, offers[random.Next(offers.Length)]));
        }
    }

    [Test]
    public void The_worst_text_costs_little()
    {
        var formats = string.Join(' ', Enumerable.Range(0, 128));
        var maps = string.Join('\n', Enumerable.Repeat("a=rtpmap:127 opus/48000/2", 1_950));
        var offer = SdpSamples.Offer(media: maps).Replace("SAVPF 111 63", $"SAVPF {formats}", StringComparison.Ordinal);
        AssertTotal(offer);

        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertTotal(offer);

        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 * 1024 * 1024));
    }

    private static void AssertTotal(string text)
    {
        var isAnswered = AudioOfferAnswer.TryAnswer(text, Options, out var session, out var refusal);
        var isFragment = TrickleIceFragment.TryParse(text, out var fragment, out _);

        Assert.That(isAnswered, Is.EqualTo(session is not null).And.EqualTo(refusal.Length == 0));
        Assert.That(isFragment, Is.EqualTo(fragment is not null));
        Assert.That(refusal.Any(char.IsControl), Is.False);
        if (session is not null)
        {
            // Every line of the answer is one that we write: nothing of the offer can add one.
            Assert.That(session.Answer.Split("\r\n").SkipLast(1), Has.All.Match("^[vostmca]=[ -~]+$"));
            Assert.That(SdpParser.TryParse(session.Answer, out _, out _), Is.True);
        }
    }

    private static string Damage(Random random, string offer)
    {
        var text = new StringBuilder(offer);
        var lines = offer.Split('\n');
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(6))
            {
                case 0:
                    text[at] = (char)random.Next(0, 300);
                    break;
                case 1:
                    text.Remove(at, Math.Min(random.Next(1, 40), text.Length - at));
                    break;
                case 2:
                    text.Insert(at, lines[random.Next(lines.Length)] + "\n");
                    break;
                case 3:
                    text.Insert(at, random.Next(-1, int.MaxValue));
                    break;
                case 4:
                    text.Length = Math.Max(1, at);
                    break;
                default:
                    text.Insert(at, "\r");
                    break;
            }
        }

        return text.ToString();
    }
}
