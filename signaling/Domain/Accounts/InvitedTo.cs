namespace Spaces.Signaling.Domain.Accounts;

/// <summary>What an invitation code opens to the account that redeems it. The numbers are those of stored
/// records.</summary>
[Flags]
public enum InvitedTo
{
    Nothing = 0,

    /// <summary>To be here at all.</summary>
    Registration = 1,

    /// <summary>To open Spaces.</summary>
    Hosting = 2,
}
