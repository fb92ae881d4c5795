namespace Grpc.Net.Client.Configuration;

/// <summary>What holds for calls of some methods.</summary>
public sealed class MethodConfig
{
    public IList<MethodName> Names { get; } = [];

    /// <summary>Null for no retries.</summary>
    public RetryPolicy? RetryPolicy { get; set; }
}

/// <summary>A method, all methods of a service (without <see cref="Method"/>), or all methods (without both).</summary>
public sealed class MethodName
{
    public static readonly MethodName Default = new();

    public string? Service { get; init; }

    public string? Method { get; init; }
}
