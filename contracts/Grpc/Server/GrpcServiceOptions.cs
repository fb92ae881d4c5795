using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>The limits and habits of every mapped service.</summary>
public class GrpcServiceOptions
{
    private const int MessageLengthMaxDefault = 4 * 1024 * 1024;

    /// <summary>In bytes, after decompression; null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = MessageLengthMaxDefault;

    /// <summary>In bytes, before compression; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Whether the text of an exception goes to the client. For development only.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>
    /// What responses are compressed with where the client accepts it: <c>gzip</c>, or null for nothing.
    /// </summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>The first added sees a call first.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}
