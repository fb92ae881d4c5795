using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Connections to one server, over HTTP/2.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private GrpcChannel(string target)
        : base(target) { }

    public static GrpcChannel ForAddress(string address) => ForAddress(new Uri(address));

    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) =>
        ForAddress(new Uri(address), channelOptions);

    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions) =>
        new(channelOptions.HttpHandler is null ? address.Authority : address.Authority);

    public override CallInvoker CreateCallInvoker() => throw new NotSupportedException(Target);

    public void Dispose() { }
}
