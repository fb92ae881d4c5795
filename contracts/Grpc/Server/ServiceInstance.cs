using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// The service object of one call: the container's own, or one made for the call and disposed after it.
/// </summary>
internal readonly struct ServiceInstance<TService> : IAsyncDisposable
    where TService : class
{
    private static readonly Lazy<ObjectFactory<TService>> Factory = new(() =>
        ActivatorUtilities.CreateFactory<TService>([])
    );

    private readonly bool _isOwned;

    public ServiceInstance(IServiceProvider services)
    {
        var registered = services.GetService<TService>();
        _isOwned = registered is null;
        Value = registered ?? Factory.Value(services, []);
    }

    public TService Value { get; }

    /// <summary>Whether anything is to be done after the call.</summary>
    public bool NeedsDisposal => _isOwned && Value is IAsyncDisposable or IDisposable;

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
