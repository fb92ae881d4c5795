using System.Diagnostics.CodeAnalysis;
using System.Text;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>A <see cref="Participation"/> as the <see cref="Place"/> that all nodes see, and back.</summary>
internal static class Places
{
    public static Place Of(Participation stay, NodeName node, bool muted, bool isConnected) =>
        new(
            stay.ParticipantId,
            new Identity(stay.Identity),
            stay.Name,
            new MediaId(stay.MediaId),
            muted,
            stay.Stay,
            node,
            isConnected,
            Fence: 0,
            Order: 0,
            Encoding.UTF8.GetString(ResumeTokens.ToContext(stay))
        );

    /// <returns>False for a place that another version of this program wrote and this one cannot read.</returns>
    public static bool TryRead(Place place, [NotNullWhen(true)] out Participation? stay) =>
        ResumeTokens.TryReadContext(Encoding.UTF8.GetBytes(place.Context), out stay);
}
