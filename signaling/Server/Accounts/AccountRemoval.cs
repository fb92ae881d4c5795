using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Forgets somebody: all that is kept of them outside of rooms and of the audit record.</summary>
internal sealed class AccountRemoval(
    AccountBook accounts,
    FollowBook follows,
    NoticeBoard notices,
    FeedbackBox feedback
)
{
    /// <summary>The account itself goes last, so that a removal that was cut off can be repeated.</summary>
    /// <returns>How many follows went.</returns>
    public async ValueTask<int> RemoveAsync(Identity identity, CancellationToken cancellationToken)
    {
        var count = await follows.DeleteAllAsync(identity, cancellationToken);
        await notices.DeleteOfAsync(identity, cancellationToken);
        await feedback.DeleteOfAsync(identity, cancellationToken);
        await accounts.DeleteAsync(identity, cancellationToken);
        return count;
    }
}
