using System.Globalization;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>
/// What one audio m-line offers that we speak: Opus (RFC 7587 §7), RED (RFC 2198), header extensions.
/// </summary>
/// <param name="Opus">The first Opus payload type in the client's order; null when there is none.</param>
/// <param name="Red">Of RED around that Opus.</param>
/// <param name="PrefersRed">The client lists RED before Opus.</param>
/// <param name="AudioLevelId">RFC 6464.</param>
/// <param name="MidId">RFC 9143 §15.</param>
/// <param name="Ssrc">The first announced one.</param>
/// <param name="HasNack">Lost packets of that Opus may be asked for again (RFC 4585 §4.2).</param>
internal sealed record OfferedAudio(
    byte? Opus,
    byte? Red,
    bool PrefersRed,
    int? AudioLevelId,
    int? MidId,
    uint? Ssrc,
    bool HasNack
)
{
    private const int OneByteIdMax = 14;
    private const int PayloadTypeMax = 127;

    public static readonly OfferedAudio None = new(null, null, false, null, null, null, false);

    public static OfferedAudio Read(MediaDescription media)
    {
        var opus = FindCodec(media, "opus");
        var red = opus is null ? null : FindCodec(media, "red");
        if (red is not null && !IsRedOf(media, red.Value, opus!.Value))
        {
            red = null;
        }

        return new OfferedAudio(
            opus,
            red,
            red is not null && Order(media, red.Value) < Order(media, opus!.Value),
            FindExtension(media, AudioLevel.Uri),
            FindExtension(media, MidExtension.Uri),
            FindSsrc(media),
            opus is { } payloadType && HasNackFor(media, payloadType)
        );
    }

    private static int Order(MediaDescription media, byte payloadType) =>
        media.Formats.ToList().IndexOf(payloadType.ToString(CultureInfo.InvariantCulture));

    /// <summary>The payload type of <c>name/48000/2</c> that comes first in the m-line.</summary>
    private static byte? FindCodec(MediaDescription media, string name)
    {
        var encoding = $"{name}/48000/2";
        byte? best = null;
        foreach (var value in media.Attributes.All("rtpmap"))
        {
            var space = value.IndexOf(' ', StringComparison.Ordinal);
            if (
                space > 0
                && value[(space + 1)..].Trim().Equals(encoding, StringComparison.OrdinalIgnoreCase)
                && TryReadNumber(value[..space], PayloadTypeMax, out var payloadType)
                && Order(media, (byte)payloadType) is >= 0 and var order
                && (best is null || order < Order(media, best.Value))
            )
            {
                best = (byte)payloadType;
            }
        }

        return best;
    }

    /// <summary>
    /// RED names its blocks in fmtp (RFC 2198 §5); all must be the Opus we take. Without fmtp it is believed.
    /// </summary>
    private static bool IsRedOf(MediaDescription media, byte red, byte opus)
    {
        var prefix = $"{red} ";
        var parameters = media
            .Attributes.All("fmtp")
            .FirstOrDefault(v => v.StartsWith(prefix, StringComparison.Ordinal));
        return parameters is null || parameters[prefix.Length..].Split('/').All(block => block.Trim() == $"{opus}");
    }

    /// <summary>Plain <c>nack</c>, for this payload type or for all; <c>nack pli</c> is another thing.</summary>
    private static bool HasNackFor(MediaDescription media, byte payloadType) =>
        media.Attributes.All("rtcp-fb").Any(value => value == $"{payloadType} nack" || value == "* nack");

    private static int? FindExtension(MediaDescription media, string uri)
    {
        foreach (var value in media.Attributes.All("extmap"))
        {
            // extmap:<id>[/<direction>] <uri> [<attributes>] (RFC 8285 §8)
            var fields = value.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
            if (
                fields.Length >= 2
                && fields[1] == uri
                && TryReadNumber(fields[0].Split('/', 2)[0], OneByteIdMax, out var id)
                && id > 0
            )
            {
                return (int)id;
            }
        }

        return null;
    }

    private static uint? FindSsrc(MediaDescription media)
    {
        foreach (var value in media.Attributes.All("ssrc"))
        {
            if (TryReadNumber(value.Split(' ', 2)[0], uint.MaxValue, out var ssrc))
            {
                return ssrc;
            }
        }

        return null;
    }

    private static bool TryReadNumber(string text, uint max, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max;
}
