using FsCheck;
using FsCheck.Fluent;
using Spaces.Sfu.Protocol.Dtls;

namespace Spaces.Sfu.Tests.Dtls;

[TestFixture]
public sealed class CertificateFingerprintTests
{
    private static readonly byte[] Certificate = [1, 2, 3];

    [TestCase("sha-256")]
    [TestCase("sha-384")]
    [TestCase("sha-512")]
    public void The_text_of_a_fingerprint_reads_back_in_any_case(string algorithm)
    {
        var fingerprint = CertificateFingerprint.Of(Certificate, algorithm);
        var hash = fingerprint.ToString()[(algorithm.Length + 1)..];

        Assert.That(CertificateFingerprint.TryParse(algorithm, hash, out var upper), Is.True);
        Assert.That(
            CertificateFingerprint.TryParse(algorithm.ToUpperInvariant(), hash.ToLowerInvariant(), out var lower),
            Is.True
        );
        Assert.That(upper, Is.EqualTo(fingerprint));
        Assert.That(lower, Is.EqualTo(fingerprint));
        Assert.That(fingerprint.Matches(Certificate), Is.True);
        Assert.That(fingerprint.Matches([1, 2, 4]), Is.False);
    }

    [TestCase("sha-1", 20)]
    [TestCase("md5", 16)]
    [TestCase("sha-224", 28)]
    [TestCase("sha-256", 31)]
    [TestCase("sha-256", 33)]
    [TestCase("", 0)]
    public void Weak_unknown_and_truncated_hashes_are_refused(string algorithm, int length)
    {
        var hash = BitConverter.ToString(new byte[length]).Replace('-', ':');

        Assert.That(CertificateFingerprint.TryParse(algorithm, hash, out _), Is.False);
    }

    [Test]
    public void Any_text_is_a_fingerprint_or_a_refusal() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>(
                (algorithm, hash) =>
                {
                    CertificateFingerprint.TryParse(algorithm.Get, hash.Get, out _);
                    CertificateFingerprint.TryParse("sha-256", hash.Get.PadRight(95, 'x')[..95], out _);
                }
            )
            .QuickCheckThrowOnFailure();
}
