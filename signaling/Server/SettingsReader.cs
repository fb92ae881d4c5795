using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Webhooks;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Server;

/// <summary>Settings that the process cannot start with; the message names each and says what it must be.</summary>
internal sealed class SettingsException(string message) : Exception(message);

/// <summary>Reads settings and gathers what is wrong with them, so that an operator sees everything at once.</summary>
internal sealed class SettingsReader(Func<string, string?> environment)
{
    private const int SecretLengthMin = 32;

    private readonly List<string> _problems = [];

    public void Problem(string sentence) => _problems.Add(sentence);

    public void ThrowIfProblems()
    {
        if (_problems.Count > 0)
        {
            throw new SettingsException(string.Join(Environment.NewLine, _problems));
        }
    }

    public string? Text(string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;

    public bool Flag(string name)
    {
        var value = Text(name);
        if (value is not (null or "0" or "1"))
        {
            Problem($"{name} is '{value}'; it must be 1 (on), 0 or absent (off).");
        }

        return value == "1";
    }

    public int Port(string name, int otherwise) => Number(name, otherwise, 0, ushort.MaxValue);

    public int Count(string name, int otherwise) => Number(name, otherwise, 1, 10_000_000);

    public TimeSpan Seconds(string name, TimeSpan otherwise) =>
        TimeSpan.FromSeconds(Number(name, (int)otherwise.TotalSeconds, 1, 86_400));

    public IPAddress? Address(string name)
    {
        if (Text(name) is not { } value)
        {
            return null;
        }

        if (!IPAddress.TryParse(value, out var address))
        {
            Problem($"{name} is '{value}'; it must be an IP address.");
        }

        return address;
    }

    public string? ExistingFile(string name)
    {
        var path = Text(name);
        if (path is not null && !File.Exists(path))
        {
            Problem($"{name} is '{path}'; there is no such file.");
        }

        return path;
    }

    /// <summary>How to reach Redis; null: not set. Says nothing of what is in it: there are passwords.</summary>
    public RedisOptions? Redis(string name)
    {
        if (Text(name) is not { } value)
        {
            return null;
        }

        if (!RedisOptions.TryParse(value, out var redis, out var problem))
        {
            Problem($"{name} {problem}");
        }

        return redis;
    }

    public string Secret(string name)
    {
        var value = Text(name);
        if (value is null)
        {
            Problem($"{name} is missing; set the secret that the media nodes were given.");
        }

        return value ?? "";
    }

    public ImmutableArray<string> Origins(string name) =>
        [
            .. List(name)
                .Where(value =>
                {
                    var valid =
                        Uri.TryCreate(value, UriKind.Absolute, out var uri)
                        && uri.Scheme is "http" or "https"
                        && uri.GetLeftPart(UriPartial.Authority).Equals(value, StringComparison.OrdinalIgnoreCase);
                    if (!valid)
                    {
                        Problem($"{name} has '{value}'; an origin looks like https://example.org, without a path.");
                    }

                    return valid;
                }),
        ];

    public ImmutableArray<Uri> Urls(string name)
    {
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var value in List(name))
        {
            if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            {
                urls.Add(url);
            }
            else
            {
                Problem($"{name} has '{value}'; a node looks like http://127.0.0.1:8090.");
            }
        }

        if (urls.Count == 0)
        {
            Problem($"{name} is missing; name at least one media node, such as http://127.0.0.1:8090.");
        }

        return urls.ToImmutable();
    }

    public ImmutableArray<Uri> Webhooks(string name, bool privateAllowed)
    {
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var value in List(name))
        {
            if (WebhookAddresses.Problem(value, privateAllowed, out var url) is { } problem)
            {
                Problem($"{name} has '{value}': {problem}");
            }
            else
            {
                urls.Add(url!);
            }
        }

        return urls.ToImmutable();
    }

    public ImmutableArray<ApiKey> ApiKeys(string name)
    {
        var keys = ImmutableArray.CreateBuilder<ApiKey>();
        foreach (var value in List(name))
        {
            var colon = value.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || value.Length - colon - 1 < SecretLengthMin)
            {
                Problem($"{name}: an entry is key:secret with a secret of at least {SecretLengthMin} characters.");
                continue;
            }

            keys.Add(new ApiKey(value[..colon], value[(colon + 1)..]));
        }

        if (keys.Count == 0)
        {
            Problem($"{name} is missing; set key:secret, the secret being what application servers sign tokens with.");
        }

        if (keys.DistinctBy(key => key.Id).Count() != keys.Count)
        {
            Problem($"{name} names a key twice.");
        }

        return keys.ToImmutable();
    }

    private string[] List(string name) =>
        (environment(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private int Number(string name, int otherwise, int min, int max)
    {
        if (Text(name) is not { } value)
        {
            return otherwise;
        }

        if (
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
        )
        {
            return number;
        }

        Problem($"{name} is '{value}'; it must be a number from {min} to {max}.");
        return otherwise;
    }
}
