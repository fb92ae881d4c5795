using FsCheck;
using FsCheck.Fluent;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Srtp;

/// <summary>
/// Any interleaving of good, damaged, repeated, late and far-ahead packets: exactly those open that a model with whole
/// indices says are new, so nothing unauthenticated ever moved the state.
/// </summary>
[TestFixture]
public sealed class SrtpModelTests
{
    private const int PacketCount = 70_000;
    private const int StepCount = 400;
    private const int RunCount = 300;

    private static readonly Dictionary<SrtpProfile, byte[][]> Sent = new();

    [OneTimeSetUp]
    public void Send()
    {
        foreach (var profile in new[] { SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1Tag80 })
        {
            using var sender = SrtpSamples.Context(profile);
            Sent[profile] =
            [
                .. Enumerable.Range(0, PacketCount).Select(i => SrtpSamples.Protected(sender, (ushort)(64_000 + i))),
            ];
        }
    }

    [OneTimeTearDown]
    public void Forget() => Sent.Clear();

    [TestCase(SrtpProfile.AeadAes128Gcm)]
    [TestCase(SrtpProfile.Aes128CmHmacSha1Tag80)]
    public void Opens_exactly_what_the_model_opens(SrtpProfile profile)
    {
        var step = Gen.Zip(Gen.Choose(0, 9), Gen.Choose(0, 300));
        var runs = Gen.ListOf(step, StepCount).ToArbitrary();
        Prop.ForAll(runs, steps => Run(Sent[profile], profile, steps))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(RunCount));
    }

    [TestCase(SrtpProfile.AeadAes128Gcm)]
    [TestCase(SrtpProfile.Aes128CmHmacSha1Tag80)]
    public void Protects_every_index_of_the_window_once_and_the_receiver_agrees_on_it(SrtpProfile profile)
    {
        var step = Gen.Zip(Gen.Choose(0, 9), Gen.Choose(0, 200));
        var runs = Gen.ListOf(step, StepCount).ToArbitrary();
        Prop.ForAll(runs, steps => RunSender(profile, steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(RunCount));
    }

    /// <summary>The model keeps whole indices, from before a wrap; the receiver gets all that is protected.</summary>
    private static void RunSender(SrtpProfile profile, IEnumerable<(int Kind, int Amount)> steps)
    {
        using var sender = SrtpSamples.Context(profile);
        using var receiver = SrtpSamples.Context(profile);
        var used = new HashSet<long>();
        long highest = ushort.MaxValue - 300;
        SrtpSamples.Opens(receiver, SrtpSamples.Protected(sender, (ushort)highest));
        used.Add(highest);
        foreach (var (kind, amount) in steps)
        {
            var index = kind switch
            {
                <= 4 => highest + 1 + (amount % 3),
                <= 7 => highest - amount,
                _ => highest + (amount * 40),
            };
            var packet = SrtpSamples.Rtp((ushort)index);
            var length = sender.ProtectRtp(packet, SrtpSamples.PacketLength);
            var isExpected = index > highest - ReplayWindow.Length && used.Add(index);
            Assert.That(length > 0, Is.EqualTo(isExpected), $"Index {index} after {highest}");
            if (isExpected)
            {
                Assert.That(receiver.TryUnprotectRtp(packet.AsSpan(0, length), out _), Is.True, $"Index {index}");
                highest = Math.Max(highest, index);
            }
        }
    }

    private static void Run(byte[][] sent, SrtpProfile profile, IEnumerable<(int Kind, int Amount)> steps)
    {
        using var receiver = SrtpSamples.Context(profile);
        var opened = new HashSet<int>();
        var highest = -1;
        foreach (var (kind, amount) in steps)
        {
            var at = kind switch
            {
                <= 4 => highest + 1 + (amount % 3),
                5 => highest - amount,
                6 => highest + amount,
                7 => highest + (amount * 40),
                _ => highest + 1 - (amount % 20),
            };
            at = Math.Clamp(at, 0, sent.Length - 1);
            var isDamaged = kind == 9 || amount % 7 == 0;
            var packet = (byte[])sent[at].Clone();
            if (isDamaged)
            {
                packet[12 + (amount % (packet.Length - 12))] ^= 0x10;
            }

            var isExpected = !isDamaged && !opened.Contains(at) && at > highest - ReplayWindow.Length;
            Assert.That(
                receiver.TryUnprotectRtp(packet, out _),
                Is.EqualTo(isExpected),
                $"Packet {at} after {highest}"
            );
            if (isExpected)
            {
                opened.Add(at);
                highest = Math.Max(highest, at);
            }
        }
    }
}
