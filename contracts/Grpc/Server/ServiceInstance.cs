using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// The service object of one call: the container's own, or one made for the call and disposed after it.
/// </summary>
internal readonly struct ServiceInstance<TService> : IAsyncDisposable
    where TService : class
{
    private readonly bool _isOwned;

    public ServiceInstance(IServiceProvider services)
    {
        var registered = services.GetService<TService>();
        _isOwned = registered is null;
        Value = registered ?? ActivatorUtilities.CreateInstance<TService>(services);
    }

    public TService Value { get; }

    public async ValueTask DisposeAsync()
    {
        if (_isOwned && Value is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else if (_isOwned && Value is IDisposable disposable)
        {
            disposable.Dispose();
        }
    }
}
