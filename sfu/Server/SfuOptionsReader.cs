using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Server;

/// <summary>Reads and checks the settings; every error names its setting and what to do.</summary>
/// <param name="read">A variable's value by its name, or null.</param>
internal sealed class SfuOptionsReader(Func<string, string?> read)
{
    public const string Prefix = "SPACES_";

    private const int ControlKeyLengthMin = 16;
    private const int NodeIdLengthMax = 64;
    private const int WorkersMax = 256;
    private const int SessionsDefault = 50_000;
    private const int PortMax = 65_535;

    private readonly List<string> _errors = [];

    /// <returns>False with every error found, one a line.</returns>
    public bool TryRead(out SfuOptions options, out string errors)
    {
        var bound = ReadBindAddresses();
        var workers = ReadNumber("WORKERS", 1, WorkersMax, Environment.ProcessorCount);
        var udpPort = ReadNumber("UDP_PORT", 0, PortMax, 40_000);
        if (udpPort != 0 && udpPort + workers - 1 > PortMax)
        {
            _errors.Add($"{Prefix}UDP_PORT={udpPort} leaves no ports for {workers} workers; choose a lower one.");
        }

        options = new SfuOptions
        {
            ControlAddress = ReadAddress("CONTROL_ADDRESS", IPAddress.Loopback),
            ControlPort = ReadNumber("CONTROL_PORT", 0, PortMax, 8090),
            HealthPort = ReadNumber("HEALTH_PORT", 0, PortMax, 8091),
            ControlKey = ReadControlKey(),
            NodeId = ReadNodeId(udpPort),
            UdpPort = udpPort,
            Workers = workers,
            BindAddresses = bound,
            AnnouncedAddresses = ReadAnnouncedAddresses(bound),
            SessionsMax = ReadNumber("SESSIONS_MAX", 1, 1_000_000, SessionsDefault),
        };
        errors = string.Join(Environment.NewLine, _errors);
        return _errors.Count == 0;
    }

    private string? Read(string name)
    {
        var value = read(Prefix + name)?.Trim();
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private int ReadNumber(string name, int min, int max, int fallback)
    {
        if (Read(name) is not { } text)
        {
            return fallback;
        }

        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
        )
        {
            return number;
        }

        _errors.Add($"{Prefix}{name}={text} is not a number from {min} to {max}.");
        return fallback;
    }

    private IPAddress ReadAddress(string name, IPAddress fallback)
    {
        if (Read(name) is not { } text)
        {
            return fallback;
        }

        return TryParseAddress(name, text) ?? fallback;
    }

    private IPAddress? TryParseAddress(string name, string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return address;
        }

        _errors.Add($"{Prefix}{name}: '{text}' is not an IP address.");
        return null;
    }

    private string ReadControlKey()
    {
        var key = Read("CONTROL_KEY") ?? "";
        if (key.Length < ControlKeyLengthMin)
        {
            _errors.Add(
                $"{Prefix}CONTROL_KEY must be set to at least {ControlKeyLengthMin} characters, the same for "
                    + "signaling and every node (e.g. 'openssl rand -hex 32')."
            );
        }

        return key;
    }

    private string ReadNodeId(int udpPort)
    {
        if (Read("NODE_ID") is not { } id)
        {
            return DefaultNodeId(udpPort);
        }

        if (
            id.Length > NodeIdLengthMax
            || !id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
        )
        {
            _errors.Add($"{Prefix}NODE_ID={id} must have at most {NodeIdLengthMax} letters, digits, '-', '_' or '.'.");
        }

        return id;
    }

    /// <summary>
    /// The same after a restart without a file to keep it in: from the machine's id and this node's port.
    /// </summary>
    private static string DefaultNodeId(int udpPort)
    {
        const string machineIdPath = "/etc/machine-id";
        var machine = File.Exists(machineIdPath) ? File.ReadAllText(machineIdPath).Trim() : Environment.MachineName;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"spaces sfu {machine} {udpPort}"));
        return $"sfu-{Convert.ToHexStringLower(hash.AsSpan(0, 6))}";
    }

    private List<IPAddress> ReadBindAddresses()
    {
        const string name = "BIND_ADDRESSES";
        var local = LocalAddresses.List();
        if (Read(name) is not { } text)
        {
            return [.. local];
        }

        var addresses = new List<IPAddress>();
        foreach (var entry in Entries(text))
        {
            if (TryParseAddress(name, entry) is { } address && !addresses.Contains(address))
            {
                addresses.Add(address);
                if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                {
                    _errors.Add(
                        $"{Prefix}{name}: {entry} is not one address. Leave the setting out to bind every address."
                    );
                }
            }
        }

        return addresses;
    }

    private List<IPAddress> ReadAnnouncedAddresses(List<IPAddress> bound)
    {
        const string name = "ANNOUNCED_ADDRESSES";
        if (Read(name) is not { } text)
        {
            return bound;
        }

        var announced = new List<IPAddress>();
        foreach (var entry in Entries(text))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var outer = TryParseAddress(name, equals < 0 ? entry : entry[..equals]);
            var inner = equals < 0 ? null : TryParseAddress(name, entry[(equals + 1)..]);
            if (inner is not null && !bound.Contains(inner))
            {
                _errors.Add($"{Prefix}{name}: {inner} in '{entry}' is not among the bound addresses.");
            }

            if (outer is not null && !announced.Contains(outer))
            {
                announced.Add(outer);
            }
        }

        return announced;
    }

    private static string[] Entries(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
