using System.Collections.ObjectModel;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server;

/// <summary>The interceptors of a server, first to last.</summary>
public class InterceptorCollection : Collection<InterceptorRegistration>
{
    /// <param name="args">Arguments for the interceptor's constructor that the container does not know.</param>
    public void Add<TInterceptor>(params object[] args)
        where TInterceptor : Interceptor => Add(new InterceptorRegistration(typeof(TInterceptor), args));
}
