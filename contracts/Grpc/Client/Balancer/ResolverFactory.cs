namespace Grpc.Net.Client.Balancer;

/// <summary>Finds the addresses behind a channel's address, by the scheme of that.</summary>
public abstract class ResolverFactory
{
    private protected ResolverFactory() { }

    /// <summary>The scheme of the addresses that it resolves.</summary>
    public abstract string Name { get; }

    internal abstract IEnumerable<BalancerAddress> Resolve(Uri address);
}

/// <summary>Addresses that do not change, for channels to <c>static:///name</c>.</summary>
public sealed class StaticResolverFactory(Func<Uri, IEnumerable<BalancerAddress>> addressesCallback) : ResolverFactory
{
    public override string Name => "static";

    internal override IEnumerable<BalancerAddress> Resolve(Uri address) => addressesCallback(address);
}

/// <summary>One server of several.</summary>
public sealed record BalancerAddress(string Host, int Port);
