namespace Grpc.Core;

/// <summary>The base of a generated client, with the client's own type.</summary>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    protected ClientBase() { }

    protected ClientBase(ChannelBase channel)
        : base(channel) { }

    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker) { }

    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration) { }

    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}

/// <summary>The base of a generated client: a <see cref="Core.CallInvoker"/> under typed methods.</summary>
public abstract class ClientBase
{
    private readonly ClientBaseConfiguration _configuration;

    /// <summary>For test doubles, which override every method.</summary>
    protected ClientBase()
        : this(new ClientBaseConfiguration(null)) { }

    protected ClientBase(ChannelBase channel)
        : this(channel.CreateCallInvoker()) { }

    protected ClientBase(CallInvoker callInvoker)
        : this(new ClientBaseConfiguration(callInvoker)) { }

    protected ClientBase(ClientBaseConfiguration configuration)
    {
        _configuration = configuration;
    }

    /// <exception cref="InvalidOperationException">The client was made without a channel.</exception>
    protected CallInvoker CallInvoker =>
        _configuration.CallInvoker
        ?? throw new InvalidOperationException($"{GetType().Name} was made without a channel and cannot call.");

    /// <summary>What a client is made of.</summary>
    protected internal sealed class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker? callInvoker)
        {
            CallInvoker = callInvoker;
        }

        internal CallInvoker? CallInvoker { get; }
    }
}
