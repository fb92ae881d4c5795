using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Capabilities, purposes and verdicts as the protocol has them. The numbers are the same.</summary>
internal static class CapabilityMessages
{
    public static bool TryRead(V1.Capability message, out Capability capability)
    {
        capability = (Capability)message;
        return Enum.IsDefined(capability);
    }

    public static bool TryRead(V1.InvitationPurpose message, out InvitedTo purpose)
    {
        purpose = (InvitedTo)message;
        return purpose is InvitedTo.Registration or InvitedTo.Hosting;
    }

    public static V1.Capability Of(Capability capability) => (V1.Capability)capability;

    public static V1.InvitationPurpose Of(InvitedTo purpose) => (V1.InvitationPurpose)purpose;

    public static V1.CapabilityVerdict Of(Capability capability, CapabilityVerdict verdict) =>
        new()
        {
            Capability = Of(capability),
            Allowed = verdict.IsAllowed,
            Stage = verdict.Stage?.Name ?? "",
            Refusal = verdict.Refusal?.Message ?? "",
        };
}
