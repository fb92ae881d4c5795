using Spaces.Sfu.Protocol.Sdp;

namespace Spaces.Sfu.Tests.Sdp;

[TestFixture]
public sealed class AudioOfferAnswerTests
{
    [TestCaseSource(typeof(Offers), nameof(Offers.Names))]
    public void Answers_what_a_real_stack_offers(string name)
    {
        var offer = Offers.Read(name);

        var session = SdpSamples.Accept(offer);

        var isWhip =
            name.EndsWith("whip", StringComparison.Ordinal) || name.EndsWith("unbundled", StringComparison.Ordinal);
        var isJoin = name.EndsWith("join", StringComparison.Ordinal);
        Assert.Multiple(() =>
        {
            Assert.That(session.Microphone, isWhip || isJoin ? Is.Not.Null : Is.Null);
            Assert.That(
                session.Slots,
                Has.Count.EqualTo(
                    isWhip ? 0
                    : name.EndsWith("whep", StringComparison.Ordinal) ? 1
                    : 3
                )
            );
            Assert.That(session.RemoteFingerprints, Has.Count.EqualTo(1));
            Assert.That(session.RemoteIce.IsWellFormed);
        });
        AssertAnswerMirrorsOffer(offer, session.Answer);
    }

    [Test]
    public void What_repairs_loss_is_agreed_where_it_is_offered_and_nowhere_else()
    {
        const string repairs = """
            a=rtpmap:63 red/48000/2
            a=fmtp:63 111/111
            a=rtcp-fb:111 nack
            """;
        var slot = SdpSamples.Accept(SdpSamples.Offer(audio: "a=recvonly", media: repairs));
        var plain = SdpSamples.Accept(SdpSamples.Offer(audio: "a=recvonly"));
        var microphone = SdpSamples.Accept(SdpSamples.Offer(media: repairs));

        Assert.That((slot.Slots[0].RedPayloadType, slot.Slots[0].HasNack), Is.EqualTo(((byte?)63, true)));
        Assert.That(slot.Answer, Does.Contain("a=rtcp-fb:111 nack\r\n"));
        Assert.That(slot.Answer, Does.Contain(" 111 63\r\n"));
        Assert.That((plain.Slots[0].RedPayloadType, plain.Slots[0].HasNack), Is.EqualTo(((byte?)null, false)));
        Assert.That(plain.Answer, Does.Not.Contain("rtcp-fb").And.Not.Contain("red/"));
        Assert.That(microphone.Microphone!.HasNack);
    }

    [Test]
    public void The_answer_is_this_text()
    {
        var offer = SdpSamples.Offer(
            media: """
            a=rtpmap:63 red/48000/2
            a=fmtp:63 111/111
            a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
            a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
            a=ssrc:123 cname:x
            """
        );

        var session = SdpSamples.Accept(offer);

        Assert.That(session.Microphone, Is.EqualTo(new MicrophoneLine("0", 111, 63, 1, 4, 123)));
        Assert.That(
            session.Answer.Replace("\r\n", "\n", StringComparison.Ordinal),
            Is.EqualTo(
                $"""
                v=0
                o=- 77 1 IN IP4 192.0.2.1
                s=-
                t=0 0
                a=group:BUNDLE 0
                a=ice-lite
                a=msid-semantic: WMS *
                m=audio 40000 UDP/TLS/RTP/SAVPF 111 63
                c=IN IP4 192.0.2.1
                a=rtcp:40000 IN IP4 192.0.2.1
                a=mid:0
                a=ice-ufrag:{SdpSamples.LocalIce.Ufrag}
                a=ice-pwd:{SdpSamples.LocalIce.Password}
                a=fingerprint:{SdpSamples.Options().Fingerprint}
                a=setup:passive
                a=rtcp-mux
                a=rtcp-mux-only
                a=rtpmap:111 opus/48000/2
                a=fmtp:111 minptime=10;useinbandfec=1
                a=rtpmap:63 red/48000/2
                a=fmtp:63 111/111
                a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
                a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
                a=recvonly
                a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host
                a=candidate:2 1 udp 2130706175 2001:db8::1 40000 typ host
                a=end-of-candidates

                """
            )
        );
    }

    [Test]
    public void A_slot_announces_its_source_and_no_header_extension()
    {
        var session = SdpSamples.Accept(
            SdpSamples.Offer("a=recvonly", media: "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level")
        );

        Assert.That(session.Slots.Single().Identity.Ssrc, Is.EqualTo(1_001));
        Assert.That(
            session.Answer,
            Does.Contain(
                    "a=sendonly\r\na=msid:slot-1 track-1\r\n"
                        + "a=ssrc:1001 cname:cname-1\r\na=ssrc:1001 msid:slot-1 track-1"
                )
                .And.Not.Contain("extmap")
        );
    }

    [Test]
    public void Red_comes_first_in_the_answer_only_where_the_client_prefers_it()
    {
        var offer = SdpSamples.Offer(media: "a=rtpmap:63 red/48000/2\na=fmtp:63 111/111");

        Assert.That(SdpSamples.Accept(offer).Answer, Does.Contain("SAVPF 111 63\r\n"));
        Assert.That(
            SdpSamples.Accept(offer.Replace("SAVPF 111 63", "SAVPF 63 111", StringComparison.Ordinal)).Answer,
            Does.Contain("SAVPF 63 111\r\n")
        );
    }

    [Test]
    public void Red_around_another_codec_is_not_taken()
    {
        var session = SdpSamples.Accept(SdpSamples.Offer(media: "a=rtpmap:63 red/48000/2\na=fmtp:63 0/0"));

        Assert.That(session.Microphone!.RedPayloadType, Is.Null);
        Assert.That(session.Answer, Does.Not.Contain("red/"));
    }

    [Test]
    public void Receive_lines_beyond_the_slots_are_rejected_and_not_bundled()
    {
        var session = SdpSamples.Accept(Offers.Read("chromium-156-join"), SdpSamples.Options(slots: 2));

        Assert.That(session.Slots, Has.Count.EqualTo(2));
        Assert.That(
            session.Answer,
            Does.Contain("a=group:BUNDLE 0 1 2\r\n").And.Contain("m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n")
        );
    }

    [Test]
    public void The_candidates_of_the_offer_change_nothing()
    {
        var hostile = string.Join(
            '\n',
            Enumerable
                .Range(0, 1_000)
                .Select(i => $"a=candidate:{i} 1 udp 1 {(i % 2 == 0 ? "127.0.0.1" : "x.local")} 80 typ host")
        );

        var session = SdpSamples.Accept(SdpSamples.Offer(media: hostile));

        Assert.That(session.Answer, Is.EqualTo(SdpSamples.Accept(SdpSamples.Offer()).Answer));
    }

    [Test]
    public void Nothing_of_a_session_that_is_secret_is_in_its_text()
    {
        var session = SdpSamples.Accept(SdpSamples.Offer());

        Assert.That($"{session}", Does.Not.Contain("abcdefgh").And.Not.Contain(SdpSamples.LocalIce.Password));
    }

    [Test]
    public void A_restart_answers_the_same_lines_with_new_credentials()
    {
        var first = SdpSamples.Accept(SdpSamples.Offer());
        var options = SdpSamples.Options() with { Ice = new("freshOne", "anotherPassword0123456789") };

        var isAnswered = AudioOfferAnswer.TryAnswerRestart(
            first,
            SdpSamples.Offer().Replace("a=ice-ufrag:abcd", "a=ice-ufrag:efgh", StringComparison.Ordinal),
            options,
            out var next,
            out var refusal
        );

        Assert.That(isAnswered, Is.True, refusal);
        Assert.That(next!.RemoteIce.Ufrag, Is.EqualTo("efgh"));
        Assert.That(next.Answer, Does.Contain("a=ice-ufrag:freshOne").And.Contain("o=- 77 2 "));
    }

    [TestCase("a=ice-ufrag:abcd", "a=ice-ufrag:abcd", "restartIce")]
    [TestCase("a=ice-ufrag:abcd", "a=ice-ufrag:efgh\na=extmap:2 urn:ietf:params:rtp-hdrext:sdes:mid", "m-lines differ")]
    [TestCase("1E:1F\n", "1E:FF\n", "fingerprint")]
    public void A_restart_that_changes_more_is_refused(string from, string to, string expected)
    {
        var first = SdpSamples.Accept(SdpSamples.Offer());
        var offer = SdpSamples.Offer().Replace(from, to, StringComparison.Ordinal);
        offer = expected == "fingerprint" ? offer.Replace("ufrag:abcd", "ufrag:efgh", StringComparison.Ordinal) : offer;

        var isAnswered = AudioOfferAnswer.TryAnswerRestart(first, offer, SdpSamples.Options(), out _, out var refusal);

        Assert.That(isAnswered, Is.False);
        Assert.That(refusal, Does.Contain(expected));
    }

    /// <summary>
    /// RFC 3264 §6: as many m-lines, in the same order, with the same mids; and only what was offered.
    /// </summary>
    private static void AssertAnswerMirrorsOffer(string offer, string answer)
    {
        Assert.That(SdpParser.TryParse(offer, out var offered, out _), Is.True);
        Assert.That(SdpParser.TryParse(answer, out var answered, out var error), Is.True, error);
        Assert.That(answered!.Media.Select(media => media.Mid), Is.EqualTo(offered!.Media.Select(media => media.Mid)));
        for (var i = 0; i < answered.Media.Count; i++)
        {
            Assert.That(answered.Media[i].Formats, Is.SubsetOf(offered.Media[i].Formats));
            Assert.That(answered.Media[i].Protocol, Is.EqualTo(offered.Media[i].Protocol));
        }
    }
}
