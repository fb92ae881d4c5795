using System.Text;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>Writes SDP lines, each ended by CRLF (RFC 8866 §5).</summary>
internal sealed class SdpWriter
{
    private readonly StringBuilder _text = new();

    /// <exception cref="ArgumentException">The line holds a control character: it would become two lines.</exception>
    public SdpWriter Line(string line)
    {
        if (line.Any(char.IsControl))
        {
            throw new ArgumentException("An SDP line must not contain control characters.", nameof(line));
        }

        _text.Append(line).Append("\r\n");
        return this;
    }

    public SdpWriter Attribute(string attribute) => Line($"a={attribute}");

    public override string ToString() => _text.ToString();
}
