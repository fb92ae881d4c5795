using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Tests.Dtls;

/// <summary>
/// Goal: another DTLS implementation's timers, options and refusals meet our server.
/// Method: <c>openssl s_client</c> on loopback, whose datagrams a small pump carries to one connection.
/// </summary>
[TestFixture]
public sealed class ForeignDtlsClientTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private string _directory = null!;
    private CertificateFingerprint _fingerprint = null!;

    [OneTimeSetUp]
    public void OneTimeSetUp()
    {
        _directory = Directory.CreateTempSubdirectory("spaces-dtls-").FullName;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=foreign", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        File.WriteAllText(Path.Combine(_directory, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_directory, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        _fingerprint = CertificateFingerprint.Of(certificate.RawData, CertificateFingerprint.Sha512);
    }

    [OneTimeTearDown]
    public void OneTimeTearDown() => Directory.Delete(_directory, recursive: true);

    [TestCase("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    [TestCase("SRTP_AEAD_AES_256_GCM", SrtpProfile.AeadAes256Gcm)]
    [TestCase("SRTP_AES128_CM_SHA1_80", SrtpProfile.Aes128CmHmacSha1Tag80)]
    public void A_client_with_an_RSA_certificate_agrees_on_our_best_common_profile(string offered, SrtpProfile expected)
    {
        using var run = Handshake($"-dtls1_2 -use_srtp {offered}", _fingerprint);

        Assert.That(run.Connection.State, Is.EqualTo(DtlsState.Connected), run.Connection.FailureReason);
        Assert.That(run.Connection.Keys!.Profile, Is.EqualTo(expected));
    }

    [Test]
    public void A_client_whose_path_only_carries_small_datagrams_connects()
    {
        using var run = Handshake("-dtls1_2 -use_srtp SRTP_AEAD_AES_128_GCM -mtu 256", _fingerprint);

        Assert.That(run.Connection.State, Is.EqualTo(DtlsState.Connected), run.Connection.FailureReason);
    }

    [TestCase("-dtls1 -cipher DEFAULT@SECLEVEL=0", TestName = "DTLS 1.0 is refused")]
    [TestCase("-dtls1_2 -cipher ECDHE-ECDSA-AES128-SHA", TestName = "A CBC suite is refused")]
    [TestCase("-dtls1_2 -cipher ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0", TestName = "A NULL suite is refused")]
    [TestCase("-dtls1_2 -curves P-521", TestName = "A group of nobody else is refused")]
    public void A_weak_offer_gets_no_keys(string arguments)
    {
        using var run = Handshake($"{arguments} -use_srtp SRTP_AEAD_AES_128_GCM", _fingerprint);

        Assert.That(run.Connection.State, Is.Not.EqualTo(DtlsState.Connected));
        Assert.That(run.Connection.Keys, Is.Null);
    }

    [Test]
    public void A_client_without_SRTP_gets_no_keys()
    {
        using var run = Handshake("-dtls1_2", _fingerprint);

        Assert.That(run.Connection.State, Is.EqualTo(DtlsState.Failed));
        Assert.That(run.Connection.FailureReason, Does.Contain("use_srtp"));
        Assert.That(run.Connection.Keys, Is.Null);
    }

    [Test]
    public void A_client_with_another_certificate_than_announced_gets_no_keys()
    {
        using var other = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);
        using var run = Handshake("-dtls1_2 -use_srtp SRTP_AEAD_AES_128_GCM", other.Fingerprint);

        Assert.That(run.Connection.State, Is.EqualTo(DtlsState.Failed));
        Assert.That(run.Connection.FailureReason, Does.Contain("a=fingerprint"));
        Assert.That(run.Connection.Keys, Is.Null);
    }

    private ForeignRun Handshake(string arguments, CertificateFingerprint announced)
    {
        var run = new ForeignRun(_directory, arguments, announced);
        run.Pump(Deadline);
        return run;
    }

    /// <summary>One client process, one socket, one connection.</summary>
    private sealed class ForeignRun : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly DtlsCertificate _certificate = DtlsCertificate.Generate(DateTimeOffset.UtcNow);
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly Process _client;

        public ForeignRun(string directory, string arguments, CertificateFingerprint announced)
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
            Connection = new DtlsConnection(
                DtlsRole.Server,
                _certificate,
                [announced],
                PeerTransportOptions.DefaultProfiles,
                Now
            );
            var start = new ProcessStartInfo(
                "openssl",
                $"s_client -connect 127.0.0.1:{port} -cert certificate.pem -key key.pem {arguments}"
            )
            {
                WorkingDirectory = directory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            _client = Process.Start(start)!;
            _client.OutputDataReceived += (_, _) => { };
            _client.ErrorDataReceived += (_, _) => { };
            _client.BeginOutputReadLine();
            _client.BeginErrorReadLine();
        }

        public DtlsConnection Connection { get; }

        private Instant Now => new(_clock.Elapsed.Ticks * TimeSpan.NanosecondsPerTick);

        /// <summary>Until the handshake ends, the client gives up, or the time is over.</summary>
        public void Pump(TimeSpan timeMax)
        {
            var buffer = new byte[2048];
            EndPoint client = new IPEndPoint(IPAddress.Any, 0);
            while (Connection.State == DtlsState.Handshaking && _clock.Elapsed < timeMax && !_client.HasExited)
            {
                if (_socket.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
                {
                    var length = _socket.ReceiveFrom(buffer, ref client);
                    Connection.HandleDatagram(Now, buffer.AsSpan(0, length));
                }

                Connection.HandleTimeout(Now);
                while (Connection.TryDequeueDatagram(out var datagram))
                {
                    Assert.That(datagram.Length, Is.LessThanOrEqualTo(DtlsConnection.DatagramLengthMax));
                    _socket.SendTo(datagram.Span, client);
                }
            }
        }

        public void Dispose()
        {
            if (!_client.HasExited)
            {
                _client.Kill();
            }

            _client.WaitForExit();
            _client.Dispose();
            _socket.Dispose();
            Connection.Dispose();
            _certificate.Dispose();
        }
    }
}
