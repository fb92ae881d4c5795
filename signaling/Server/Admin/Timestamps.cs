using Google.Protobuf.WellKnownTypes;

namespace Spaces.Signaling.Server.Admin;

/// <summary>Times that clients send.</summary>
internal static class Timestamps
{
    /// <returns>False when it is no time of the years 1-9999.</returns>
    public static bool TryRead(Timestamp timestamp, out DateTimeOffset time)
    {
        try
        {
            time = timestamp.ToDateTimeOffset();
            return true;
        }
        catch (InvalidOperationException)
        {
            time = default;
            return false;
        }
    }
}
