using System.Text.Json.Nodes;
using Grpc.Core;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Admin;

/// <summary>Does nothing that is not in the audit record.</summary>
internal sealed class Audited(AuditLog audit)
{
    /// <summary>Records what will be done, does it, and records it once more if it came to nothing.</summary>
    /// <param name="actor">Who decided it.</param>
    /// <param name="action">What.</param>
    /// <param name="target">To whom or what; may be empty.</param>
    /// <param name="details">What else there is to know.</param>
    /// <param name="work">What is done.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RoomStoreUnavailableException">It could not be recorded, and was not done; or it may have been
    /// done.</exception>
    public async Task DoAsync(
        Identity actor,
        string action,
        string target,
        JsonObject details,
        Func<CancellationToken, Task> work,
        CancellationToken cancellationToken
    )
    {
        var entry = await audit.AppendAsync(actor, action, target, details, cancellationToken);
        try
        {
            await work(cancellationToken);
        }
        catch (Exception error) when (error is RpcException or RoomStoreUnavailableException)
        {
            var reason = error is RpcException refusal ? refusal.Status.Detail : "The store did not answer.";
            await TryAppendAsync(actor, $"{action}.failed", target, entry, reason);
            throw;
        }
    }

    private async Task TryAppendAsync(Identity actor, string action, string target, string entry, string reason)
    {
        try
        {
            var details = new JsonObject { ["entry"] = entry, ["reason"] = reason };
            await audit.AppendAsync(actor, action, target, details, CancellationToken.None);
        }
        catch (RoomStoreUnavailableException)
        {
            // The first entry stands; whoever reads it looks at what is in force.
        }
    }
}
