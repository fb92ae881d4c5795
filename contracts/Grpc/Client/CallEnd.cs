using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>How a call ended; it ends once.</summary>
internal sealed record CallEnd(Status Status, Metadata Trailers);
