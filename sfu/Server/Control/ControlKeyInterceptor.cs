using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Spaces.Sfu.Server.Telemetry;

namespace Spaces.Sfu.Server.Control;

/// <summary>Lets nobody near the control service who does not know the cluster's key.</summary>
internal sealed class ControlKeyInterceptor(SfuOptions options, ILogger<ControlKeyInterceptor> logger) : Interceptor
{
    private const string Header = "authorization";
    private const string Scheme = "Bearer ";

    // Hashes have one length whatever was sent, so the comparison tells nothing about the key's.
    private readonly byte[] _expected = Hash(Scheme + options.ControlKey);

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        Check(context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        Check(context);
        return continuation(request, responseStream, context);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private void Check(ServerCallContext context)
    {
        var given = context.RequestHeaders.GetValue(Header) ?? "";
        if (!CryptographicOperations.FixedTimeEquals(Hash(given), _expected))
        {
            SfuLog.CallUnauthenticated(logger, context.Method);
            throw new RpcException(
                new Status(
                    StatusCode.Unauthenticated,
                    "Send the cluster's control key as 'authorization: Bearer <key>'."
                )
            );
        }
    }
}
