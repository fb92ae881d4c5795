using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>A certificate for <c>redis.test</c> and the authority that signed it, as PEM files.</summary>
internal static class TestCertificates
{
    private static readonly Lazy<string> Made = new(Make);

    public static string Authority => Path.Combine(Made.Value, "authority.pem");

    public static string Certificate => Path.Combine(Made.Value, "certificate.pem");

    public static string Key => Path.Combine(Made.Value, "key.pem");

    public static void Delete()
    {
        if (Made.IsValueCreated)
        {
            Directory.Delete(Made.Value, recursive: true);
        }
    }

    private static string Make()
    {
        var directory = Directory.CreateTempSubdirectory("spaces-certificates-").FullName;
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=redis.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("redis.test");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, until.AddDays(-1), [1, 2, 3, 4]);

        File.WriteAllText(Path.Combine(directory, "authority.pem"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return directory;
    }
}

/// <summary>Takes the certificates away after the last test.</summary>
[SetUpFixture]
internal sealed class TestCertificatesCleanUp
{
    [OneTimeTearDown]
    public void Delete() => TestCertificates.Delete();
}
