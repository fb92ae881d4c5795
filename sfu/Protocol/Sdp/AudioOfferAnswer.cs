using System.Diagnostics.CodeAnalysis;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>
/// Answers offers of audio (RFC 3264, RFC 9429 §5.3): a microphone, slots, or both, over one ICE-lite transport.
/// </summary>
/// <remarks>
/// A sendonly or sendrecv line is the microphone, answered recvonly; recvonly lines are slots, answered sendonly. The
/// offer's candidates are neither resolved nor used. Only numbers and checked names of the offer reach the answer.
/// </remarks>
public static class AudioOfferAnswer
{
    private const int MidLengthMax = 64;

    /// <summary>Answers the first offer of a session.</summary>
    /// <param name="offer">The client's SDP.</param>
    /// <param name="options">This side.</param>
    /// <param name="session">Null when refused.</param>
    /// <param name="refusal">Empty, or a sentence for whoever wrote the client: what is wrong and what to do.</param>
    public static bool TryAnswer(
        string offer,
        AudioAnswerOptions options,
        [NotNullWhen(true)] out AudioSession? session,
        out string refusal
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        session = null;
        if (
            !SdpParser.TryParse(offer, out var description, out refusal)
            || !TryCheckShape(description, out refusal)
            || !TryFindTagged(description, out var tagged, out refusal)
            || !OfferTransport.TryRead(description, tagged, out var transport, out refusal)
            || !TryReadLines(description, options, out var lines, out refusal)
        )
        {
            return false;
        }

        var microphone = lines.Find(line => line.Role == AnswerLineRole.Microphone);
        var slots = lines.Where(line => line.Role == AnswerLineRole.Slot);
        session = new AudioSession(
            transport.Ice,
            transport.Fingerprints,
            microphone is null ? null : ToMicrophone(microphone),
            [.. slots.Select(ToSlot)],
            AudioAnswerWriter.Write(lines, options)
        )
        {
            Lines = lines,
            SessionVersion = options.SessionVersion,
            TransportMid = lines.Find(line => line.Role != AnswerLineRole.Rejected)!.Mid,
        };
        return true;
    }

    /// <summary>
    /// Answers a later offer of the same session that only brings new ICE credentials (RFC 8445 §2.4).
    /// </summary>
    /// <param name="current">The session as agreed before.</param>
    /// <param name="offer">The client's SDP.</param>
    /// <param name="options">As for the first answer, with fresh credentials and the same slots.</param>
    /// <param name="session">Null when refused; the session goes on as it was.</param>
    /// <param name="refusal">Empty, or what is wrong.</param>
    public static bool TryAnswerRestart(
        AudioSession current,
        string offer,
        AudioAnswerOptions options,
        [NotNullWhen(true)] out AudioSession? session,
        out string refusal
    )
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(options);
        var next = options with { SessionVersion = current.SessionVersion + 1 };
        if (!TryAnswer(offer, next, out session, out refusal))
        {
            return false;
        }

        if (session.RemoteIce == current.RemoteIce)
        {
            refusal = "The offer has the ICE credentials of the current session. Call restartIce() before offering.";
        }
        else if (!session.RemoteFingerprints.SequenceEqual(current.RemoteFingerprints))
        {
            refusal =
                "The offer has another DTLS fingerprint. An ICE restart keeps it; join anew with a new connection.";
        }
        else if (!session.Lines.Select(Agreement).SequenceEqual(current.Lines.Select(Agreement)))
        {
            refusal = "The offer's m-lines differ from the first offer's. An ICE restart keeps them as they are.";
        }

        session = refusal.Length == 0 ? session : null;
        return session is not null;
    }

    /// <summary>What must not change: all but the SSRC, which may come with a track, and the order of codecs.</summary>
    private static AnswerLine Agreement(AnswerLine line) =>
        line with
        {
            Audio = line.Audio with { Ssrc = null, PrefersRed = false },
        };

    private static bool TryCheckShape(SessionDescription offer, out string refusal)
    {
        refusal = offer.Media.Count == 0 ? "The offer has no m-line. Offer audio." : "";
        var mids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < offer.Media.Count && refusal.Length == 0; i++)
        {
            var media = offer.Media[i];
            refusal = media.Kind switch
            {
                "audio" => CheckAudio(media, i + 1),
                "video" => "The offer has a video m-line; Spaces carries audio only. Remove it.",
                "application" => "The offer has a data channel m-line; Spaces carries audio only. Remove it.",
                _ => $"M-line {i + 1} is not audio; Spaces carries audio only. Remove it.",
            };
            if (refusal.Length == 0 && media.Mid is not null && !mids.Add(media.Mid))
            {
                refusal = $"M-line {i + 1} has the a=mid of another. Give each its own.";
            }
        }

        return refusal.Length == 0;
    }

    private static string CheckAudio(MediaDescription media, int number)
    {
        if (media.Protocol is not ("UDP/TLS/RTP/SAVPF" or "UDP/TLS/RTP/SAVP"))
        {
            return $"M-line {number} does not offer DTLS-SRTP. Use the protocol UDP/TLS/RTP/SAVPF.";
        }

        return media.Mid is null || IsToken(media.Mid)
            ? ""
            : $"M-line {number} has an a=mid that is not a name of 1-{MidLengthMax} letters, digits, - or _.";
    }

    /// <summary>Narrower than RFC 8866's token on purpose: it is written into the answer.</summary>
    private static bool IsToken(string text) =>
        text.Length is > 0 and <= MidLengthMax
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+');

    /// <summary>
    /// The m-line whose transport all share: the first of the BUNDLE group (RFC 9143 §7.2), or the only one.
    /// </summary>
    private static bool TryFindTagged(SessionDescription offer, out MediaDescription tagged, out string refusal)
    {
        refusal = "";
        tagged = offer.Media[0];
        if (offer.Media.Count == 1)
        {
            return true;
        }

        var group = offer
            .Attributes.All("group")
            .Select(value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields.Length > 1 && fields[0] == "BUNDLE");
        var members = group is null ? [] : group[1..].ToHashSet(StringComparer.Ordinal);
        if (offer.Media.Any(media => !media.IsDisabled && (media.Mid is null || !members.Contains(media.Mid))))
        {
            refusal = "The m-lines are not all in one a=group:BUNDLE. Use bundlePolicy \"max-bundle\".";
            return false;
        }

        tagged = offer.Media.FirstOrDefault(media => !media.IsDisabled && media.Mid == group?[1]) ?? tagged;
        return true;
    }

    private static bool TryReadLines(
        SessionDescription offer,
        AudioAnswerOptions options,
        out List<AnswerLine> lines,
        out string refusal
    )
    {
        lines = [];
        refusal = "";
        var slots = 0;
        foreach (var media in offer.Media)
        {
            var audio = OfferedAudio.Read(media);
            var role = ChooseRole(offer, media, slots < Math.Min(options.Slots.Count, AudioAnswerOptions.SlotsMax));
            if (audio.Opus is null && role is AnswerLineRole.Microphone or AnswerLineRole.Slot)
            {
                refusal = $"M-line {lines.Count + 1} does not offer Opus (opus/48000/2), the only codec of Spaces.";
                return false;
            }

            if (role == AnswerLineRole.Microphone && lines.Exists(line => line.Role == AnswerLineRole.Microphone))
            {
                refusal = "The offer has two lines to send on; a participant has one microphone. Offer one.";
                return false;
            }

            role = audio.Opus is null ? AnswerLineRole.Rejected : role;
            var slot = role == AnswerLineRole.Slot ? options.Slots[slots++] : null;
            var agreed = role switch
            {
                AnswerLineRole.Microphone => audio,
                AnswerLineRole.Slot => OfferedAudio.None with
                {
                    Opus = audio.Opus,
                    Red = audio.Red,
                    HasNack = audio.HasNack,
                },
                AnswerLineRole.Inactive => OfferedAudio.None with { Opus = audio.Opus },
                AnswerLineRole.Rejected or _ => OfferedAudio.None,
            };
            lines.Add(new AnswerLine(role, media.Mid, media.Protocol, agreed, slot));
        }

        if (!lines.Exists(line => line.Role is AnswerLineRole.Microphone or AnswerLineRole.Slot))
        {
            refusal = "The offer has nothing to send or receive. Offer a sendonly microphone, recvonly slots, or both.";
        }

        return refusal.Length == 0;
    }

    private static AnswerLineRole ChooseRole(SessionDescription offer, MediaDescription media, bool hasSlotLeft)
    {
        if (media.IsDisabled)
        {
            return AnswerLineRole.Rejected;
        }

        if (Has("inactive"))
        {
            return AnswerLineRole.Inactive;
        }

        if (Has("recvonly"))
        {
            return hasSlotLeft ? AnswerLineRole.Slot : AnswerLineRole.Rejected;
        }

        return AnswerLineRole.Microphone; // sendonly, sendrecv, or nothing, which means sendrecv (RFC 8866 §6.7)

        bool Has(string direction) =>
            media.Attributes.Has(direction) || (!HasOwnDirection(media) && offer.Attributes.Has(direction));
    }

    private static bool HasOwnDirection(MediaDescription media) =>
        media.Attributes.Has("sendrecv")
        || media.Attributes.Has("sendonly")
        || media.Attributes.Has("recvonly")
        || media.Attributes.Has("inactive");

    private static MicrophoneLine ToMicrophone(AnswerLine line) =>
        new(
            line.Mid,
            line.Audio.Opus!.Value,
            line.Audio.Red,
            line.Audio.AudioLevelId,
            line.Audio.MidId,
            line.Audio.Ssrc,
            line.Audio.HasNack
        );

    private static SlotLine ToSlot(AnswerLine line) =>
        new(line.Mid, line.Audio.Opus!.Value, line.Slot!, line.Audio.Red, line.Audio.HasNack);
}
