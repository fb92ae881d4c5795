namespace Grpc.Core;

/// <summary>Adds to a call's metadata what says who calls.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);

/// <summary>Who calls: metadata that is made anew for every call.</summary>
public sealed class CallCredentials
{
    private readonly AsyncAuthInterceptor[] _interceptors;

    private CallCredentials(params AsyncAuthInterceptor[] interceptors)
    {
        _interceptors = interceptors;
    }

    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor) => new(interceptor);

    /// <summary>All of them, in order.</summary>
    public static CallCredentials Compose(params CallCredentials[] credentials) =>
        new([.. credentials.SelectMany(one => one._interceptors)]);

    internal async Task AddToAsync(Metadata metadata, AuthInterceptorContext context)
    {
        foreach (var interceptor in _interceptors)
        {
            await interceptor(context, metadata);
        }
    }
}

/// <summary>The call that credentials are for.</summary>
/// <param name="serviceUrl">Of the service, for example <c>https://host/package.Service</c>.</param>
/// <param name="methodName">The method's own name.</param>
/// <param name="cancellationToken">Cancelled when the call ends.</param>
public class AuthInterceptorContext(string serviceUrl, string methodName, CancellationToken cancellationToken = default)
{
    public string ServiceUrl => serviceUrl;

    public string MethodName => methodName;

    public CancellationToken CancellationToken => cancellationToken;
}
