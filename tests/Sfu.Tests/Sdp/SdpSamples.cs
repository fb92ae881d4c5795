using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Sdp;

namespace Spaces.Sfu.Tests.Sdp;

/// <summary>What the tests of offer and answer put in.</summary>
internal static class SdpSamples
{
    public static readonly IceCredentials LocalIce = new("local+/1", "localPassword0123456789");

    public const string Fingerprint =
        "sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F";

    public static AudioAnswerOptions Options(int slots = AudioAnswerOptions.SlotsMax) =>
        new(
            LocalIce,
            CertificateFingerprint.Of([1, 2, 3]),
            [new HostCandidate("192.0.2.1", 40_000), new HostCandidate("2001:db8::1", 40_000)],
            [.. Enumerable.Range(1, slots).Select(Slot)]
        )
        {
            SessionId = 77,
        };

    /// <summary>A minimal offer, line by line, so that a test can take one away or change it.</summary>
    public static string Offer(string audio = "a=sendrecv", string session = "", string media = "") =>
        $"""
            v=0
            o=- 1 1 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE 0
            a=fingerprint:{Fingerprint}
            {session}
            m=audio 9 UDP/TLS/RTP/SAVPF 111 63
            c=IN IP4 0.0.0.0
            a=mid:0
            a=ice-ufrag:abcd
            a=ice-pwd:abcdefghijklmnopqrstuvwx
            a=setup:actpass
            a=rtcp-mux
            a=rtpmap:111 opus/48000/2
            {audio}
            {media}
            """;

    public static AudioSession Accept(string offer, AudioAnswerOptions? options = null)
    {
        var isAnswered = AudioOfferAnswer.TryAnswer(offer, options ?? Options(), out var session, out var refusal);
        Assert.That(isAnswered, Is.True, refusal);
        return session!;
    }

    public static string Refuse(string offer)
    {
        var isAnswered = AudioOfferAnswer.TryAnswer(offer, Options(), out var session, out var refusal);
        Assert.That(isAnswered, Is.False);
        Assert.That(session, Is.Null);
        Assert.That(refusal, Does.EndWith("."));
        return refusal;
    }

    private static SlotIdentity Slot(int number) =>
        new((uint)(1_000 + number), $"cname-{number}", $"slot-{number}", $"track-{number}");
}
