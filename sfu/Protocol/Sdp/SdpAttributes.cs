namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>The attributes of one level of a description, in the order they came (RFC 8866 §5.13).</summary>
public sealed class SdpAttributes
{
    private readonly List<SdpAttribute> _attributes = [];

    public int Count => _attributes.Count;

    public bool Has(string name) => _attributes.Exists(attribute => attribute.Name == name);

    /// <summary>The first value under this name; null when there is none.</summary>
    public string? First(string name) => _attributes.Find(attribute => attribute.Name == name)?.Value;

    public IEnumerable<string> All(string name) =>
        _attributes.Where(attribute => attribute.Name == name && attribute.Value is not null).Select(a => a.Value!);

    internal void Add(SdpAttribute attribute) => _attributes.Add(attribute);
}
