namespace Spaces.Sfu.Tests.Srtp;

/// <summary>Initialises libsrtp2, which wants it exactly once a process.</summary>
[SetUpFixture]
public sealed class LibSrtpSetUp
{
    [OneTimeSetUp]
    public void Initialise() => Assert.That(LibSrtp.Initialize(), Is.EqualTo(LibSrtp.StatusOk));
}
