using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>Writes the answer to an offer of audio (RFC 9429 §5.3.1, RFC 8839 §4.2.2, RFC 9143 §7.3).</summary>
internal static class AudioAnswerWriter
{
    /// <summary>Voice: frames from 10 ms, in-band FEC wanted, no DTX asked for (RFC 7587 §6.1).</summary>
    private const string OpusParameters = "minptime=10;useinbandfec=1";

    public static string Write(IReadOnlyList<AnswerLine> lines, AudioAnswerOptions options)
    {
        var writer = new SdpWriter()
            .Line("v=0")
            .Line($"o=- {options.SessionId} {options.SessionVersion} {options.Candidates[0].ToConnection()}")
            .Line("s=-")
            .Line("t=0 0");
        var bundled = lines.Where(line => line.Role != AnswerLineRole.Rejected && line.Mid is not null).ToList();
        if (bundled.Count > 0)
        {
            writer.Attribute($"group:BUNDLE {string.Join(' ', bundled.Select(line => line.Mid))}");
        }

        writer.Attribute("ice-lite").Attribute("msid-semantic: WMS *");
        var isFirst = true;
        foreach (var line in lines)
        {
            if (line.Role == AnswerLineRole.Rejected)
            {
                WriteRejected(writer, line);
                continue;
            }

            WriteMedia(writer, line, options, carriesCandidates: isFirst);
            isFirst = false;
        }

        return writer.ToString();
    }

    private static void WriteRejected(SdpWriter writer, AnswerLine line)
    {
        writer.Line($"m=audio 0 {line.Protocol} 0").Line("c=IN IP4 0.0.0.0").Attribute("inactive");
        WriteMid(writer, line);
    }

    private static void WriteMedia(
        SdpWriter writer,
        AnswerLine line,
        AudioAnswerOptions options,
        bool carriesCandidates
    )
    {
        var first = options.Candidates[0];
        writer
            .Line($"m=audio {first.Port} {line.Protocol} {Formats(line)}")
            .Line($"c={first.ToConnection()}")
            .Attribute($"rtcp:{first.Port} {first.ToConnection()}");
        WriteMid(writer, line);
        writer
            .Attribute($"ice-ufrag:{options.Ice.Ufrag}")
            .Attribute($"ice-pwd:{options.Ice.Password}")
            .Attribute($"fingerprint:{options.Fingerprint}")
            .Attribute("setup:passive")
            .Attribute("rtcp-mux")
            .Attribute("rtcp-mux-only");
        WriteCodecs(writer, line);
        WriteDirection(writer, line);
        if (carriesCandidates)
        {
            WriteCandidates(writer, options.Candidates);
        }
    }

    public static void WriteCandidates(SdpWriter writer, IReadOnlyList<HostCandidate> candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            writer.Attribute(candidates[i].ToAttribute(i));
        }

        writer.Attribute("end-of-candidates");
    }

    private static void WriteMid(SdpWriter writer, AnswerLine line)
    {
        if (line.Mid is not null)
        {
            writer.Attribute($"mid:{line.Mid}");
        }
    }

    /// <summary>
    /// In the client's order: it sends with the first. On a slot's line Opus is first: RED is for when packets get
    /// lost.
    /// </summary>
    private static string Formats(AnswerLine line) =>
        (AgreedRed(line), line.Audio.PrefersRed) switch
        {
            (null, _) => $"{line.Audio.Opus}",
            ({ } red, true) => $"{red} {line.Audio.Opus}",
            ({ } red, false) => $"{line.Audio.Opus} {red}",
        };

    private static byte? AgreedRed(AnswerLine line) =>
        line.Role is AnswerLineRole.Microphone or AnswerLineRole.Slot ? line.Audio.Red : null;

    private static void WriteCodecs(SdpWriter writer, AnswerLine line)
    {
        var opus = line.Audio.Opus;
        writer.Attribute($"rtpmap:{opus} opus/48000/2").Attribute($"fmtp:{opus} {OpusParameters}");
        if (line.Audio.HasNack)
        {
            writer.Attribute($"rtcp-fb:{opus} nack");
        }

        if (AgreedRed(line) is { } red)
        {
            writer.Attribute($"rtpmap:{red} red/48000/2").Attribute($"fmtp:{red} {opus}/{opus}");
        }
    }

    private static void WriteDirection(SdpWriter writer, AnswerLine line)
    {
        if (line.Role == AnswerLineRole.Microphone)
        {
            WriteExtension(writer, line.Audio.AudioLevelId, AudioLevel.Uri);
            WriteExtension(writer, line.Audio.MidId, MidExtension.Uri);
            writer.Attribute("recvonly");
        }
        else if (line.Slot is { } slot)
        {
            writer
                .Attribute("sendonly")
                .Attribute($"msid:{slot.StreamId} {slot.TrackId}")
                .Attribute($"ssrc:{slot.Ssrc} cname:{slot.Cname}")
                .Attribute($"ssrc:{slot.Ssrc} msid:{slot.StreamId} {slot.TrackId}");
        }
        else
        {
            writer.Attribute("inactive");
        }
    }

    private static void WriteExtension(SdpWriter writer, int? id, string uri)
    {
        if (id is not null)
        {
            writer.Attribute($"extmap:{id} {uri}");
        }
    }
}
