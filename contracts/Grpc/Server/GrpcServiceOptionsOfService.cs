using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// The limits and habits of one service. Begin as those of the whole server; see <c>AddServiceOptions</c>.
/// </summary>
/// <typeparam name="TService">The mapped service.</typeparam>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class;

/// <summary>Copies what holds for the whole server, before a service's own settings.</summary>
internal sealed class GrpcServiceOptionsSetup<TService>(IOptions<GrpcServiceOptions> server)
    : IConfigureOptions<GrpcServiceOptions<TService>>
    where TService : class
{
    public void Configure(GrpcServiceOptions<TService> options)
    {
        var common = server.Value;
        options.MaxReceiveMessageSize = common.MaxReceiveMessageSize;
        options.MaxSendMessageSize = common.MaxSendMessageSize;
        options.EnableDetailedErrors = common.EnableDetailedErrors;
        options.ResponseCompressionAlgorithm = common.ResponseCompressionAlgorithm;
        options.ResponseCompressionLevel = common.ResponseCompressionLevel;
        foreach (var interceptor in common.Interceptors)
        {
            options.Interceptors.Add(interceptor);
        }
    }
}
