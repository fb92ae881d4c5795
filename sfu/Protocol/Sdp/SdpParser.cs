using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>Reads session descriptions (RFC 8866 §5 and §9), bounded in length, lines, m-lines and formats.</summary>
/// <remarks>
/// Lines that no offer of audio needs (b=, i=, k=, r=, …) are passed over. Any text gives a description or a sentence
/// that
/// says what is wrong with it.
/// </remarks>
public static class SdpParser
{
    public const int MediaCountMax = 64;

    /// <summary>As many as there are RTP payload types.</summary>
    public const int FormatCountMax = 128;

    private const int MediaFieldsMin = 4;

    /// <summary>Reads a whole description.</summary>
    /// <param name="text">CRLF or bare LF between lines.</param>
    /// <param name="description">Null when the text cannot be read.</param>
    /// <param name="error">Empty, or a sentence for whoever wrote the client.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out SessionDescription? description, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        description = null;
        if (!SdpLines.TrySplit(text, out var lines, out error))
        {
            return false;
        }

        if (lines.Count < 3 || lines[0] != "v=0" || !lines[1].StartsWith("o=", StringComparison.Ordinal))
        {
            error = "The text is not SDP: it must begin with v=0, o= and s= lines.";
            return false;
        }

        var attributes = new SdpAttributes();
        var media = new List<MediaDescription>();
        foreach (var line in lines)
        {
            if (line[0] == 'm' && !TryAddMedia(line[2..], media, out error))
            {
                return false;
            }

            if (line[0] == 'a')
            {
                (media.Count == 0 ? attributes : media[^1].Attributes).Add(SdpAttribute.Parse(line[2..]));
            }
        }

        description = new SessionDescription(attributes, media);
        return true;
    }

    private static bool TryAddMedia(string line, List<MediaDescription> media, out string error)
    {
        error = "";
        var number = media.Count + 1;
        if (media.Count == MediaCountMax)
        {
            error = $"The SDP has more than {MediaCountMax} m-lines.";
            return false;
        }

        var fields = line.Split(' ', FormatCountMax + MediaFieldsMin, StringSplitOptions.RemoveEmptyEntries);
        if (
            fields.Length < MediaFieldsMin
            || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > ushort.MaxValue
        )
        {
            error = $"M-line {number} is not of the form m=<media> <port> <protocol> <formats>.";
            return false;
        }

        var formats = fields[(MediaFieldsMin - 1)..];
        if (formats.Length > FormatCountMax)
        {
            error = $"M-line {number} has more than {FormatCountMax} formats.";
            return false;
        }

        media.Add(new MediaDescription(fields[0], port, fields[2], formats));
        return true;
    }
}
