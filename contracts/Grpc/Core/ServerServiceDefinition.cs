namespace Grpc.Core;

/// <summary>A service bound to one instance, as generated code describes it.</summary>
/// <remarks>
/// Servers here bind by <see cref="ServiceBinderBase"/>; <see cref="BindService"/> replays the methods into one.
/// </remarks>
public sealed class ServerServiceDefinition
{
    private readonly IReadOnlyList<Action<ServiceBinderBase>> _bindings;

    private ServerServiceDefinition(IReadOnlyList<Action<ServiceBinderBase>> bindings)
    {
        _bindings = bindings;
    }

    public static Builder CreateBuilder() => new();

    internal void BindService(ServiceBinderBase binder)
    {
        foreach (var bind in _bindings)
        {
            bind(binder);
        }
    }

    /// <summary>Collects the methods of a service.</summary>
    public sealed class Builder
    {
        private readonly List<Action<ServiceBinderBase>> _bindings = [];

        internal Builder() { }

        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            UnaryServerMethod<TRequest, TResponse> handler
        )
            where TRequest : class
            where TResponse : class => Add(binder => binder.AddMethod(method, handler));

        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ClientStreamingServerMethod<TRequest, TResponse> handler
        )
            where TRequest : class
            where TResponse : class => Add(binder => binder.AddMethod(method, handler));

        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ServerStreamingServerMethod<TRequest, TResponse> handler
        )
            where TRequest : class
            where TResponse : class => Add(binder => binder.AddMethod(method, handler));

        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            DuplexStreamingServerMethod<TRequest, TResponse> handler
        )
            where TRequest : class
            where TResponse : class => Add(binder => binder.AddMethod(method, handler));

        public ServerServiceDefinition Build() => new([.. _bindings]);

        private Builder Add(Action<ServiceBinderBase> bind)
        {
            _bindings.Add(bind);
            return this;
        }
    }
}
