using System.Text.Json.Nodes;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Admin;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Suspends accounts and lifts that: recorded, in force here when it returns, elsewhere within 1 s.</summary>
internal sealed class SuspensionDesk(
    RestrictionsInForce restrictions,
    LiveEnforcement enforcement,
    Audited audited,
    TimeProvider time
)
{
    /// <param name="actor">The moderator.</param>
    /// <param name="identity">The account.</param>
    /// <param name="reason">Shown to it.</param>
    /// <param name="until">When it ends; null: when it is lifted.</param>
    /// <param name="lifetime">The same, from now.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<Suspension> SuspendAsync(
        Identity actor,
        Identity identity,
        string reason,
        DateTimeOffset? until,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    )
    {
        var suspension = new Suspension(reason, actor.Value, time.GetUtcNow(), until);
        await audited.DoAsync(
            actor,
            "account.suspend",
            identity.Value,
            new JsonObject { ["reason"] = reason, ["until"] = until },
            async cancellation =>
            {
                await restrictions.Suspensions.UpdateAsync(
                    RecordKey.Only,
                    identity.Value,
                    _ => suspension,
                    lifetime,
                    cancellation
                );
                await restrictions.RefreshAsync(identity, cancellation);
                await enforcement.SweepAsync(cancellation);
            },
            cancellationToken
        );
        return suspension;
    }

    public Task LiftAsync(Identity actor, Identity identity, string note, CancellationToken cancellationToken) =>
        audited.DoAsync(
            actor,
            "account.suspension-lift",
            identity.Value,
            new JsonObject { ["note"] = note },
            async cancellation =>
            {
                await restrictions.Suspensions.DeleteAsync(RecordKey.Only, identity.Value, cancellation);
                await restrictions.RefreshAsync(identity, cancellation);
            },
            cancellationToken
        );
}
