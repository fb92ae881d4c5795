namespace Grpc.Core;

/// <summary>Is told each method of a service by generated code.</summary>
/// <remarks>
/// The handler is null where the service was bound without an instance: a server that makes one for each call.
/// </remarks>
public abstract class ServiceBinderBase
{
    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        UnaryServerMethod<TRequest, TResponse>? handler
    )
        where TRequest : class
        where TResponse : class => throw Unsupported(method);

    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ClientStreamingServerMethod<TRequest, TResponse>? handler
    )
        where TRequest : class
        where TResponse : class => throw Unsupported(method);

    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    )
        where TRequest : class
        where TResponse : class => throw Unsupported(method);

    public virtual void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    )
        where TRequest : class
        where TResponse : class => throw Unsupported(method);

    private NotSupportedException Unsupported(IMethod method) =>
        new($"{GetType().Name} does not bind {method.Type} methods, and {method.FullName} is one.");
}
