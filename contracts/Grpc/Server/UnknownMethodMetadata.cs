namespace Grpc.AspNetCore.Server;

/// <summary>On the endpoint that answers what no method has claimed.</summary>
/// <param name="IsForGrpcOnly">Whether requests of other content types are left to other endpoints.</param>
internal sealed record UnknownMethodMetadata(bool IsForGrpcOnly);
