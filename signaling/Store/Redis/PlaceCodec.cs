using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;

namespace Spaces.Signaling.Store.Redis;

/// <summary>A place as Redis keeps it; <see cref="PresenceScripts"/> names the fields that scripts read.</summary>
internal static class PlaceCodec
{
    private const int Version = 1;

    public static string Encode(Place place) =>
        JsonSerializer.Serialize(
            new StoredPlace(
                Version,
                place.Participant.Value,
                place.Identity.Value,
                place.Name,
                place.MediaId.Value,
                place.Muted,
                place.Stay,
                place.Node.Value ?? "",
                place.Connected,
                place.Fence,
                place.Order,
                place.Context
            ),
            PlaceJson.Default.StoredPlace
        );

    /// <returns>False for none, and for one that is damaged: then it is as if there were none.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Place? place)
    {
        place = null;
        if (bytes.IsEmpty)
        {
            return false;
        }

        try
        {
            var stored = JsonSerializer.Deserialize(bytes, PlaceJson.Default.StoredPlace);
            place = stored is { V: Version, P: not null, I: not null, N: not null, S: not null, H: not null }
                ? new Place(
                    new ParticipantId(stored.P),
                    new Identity(stored.I),
                    stored.N,
                    new MediaId(stored.M),
                    stored.U,
                    stored.S,
                    new NodeName(stored.H),
                    stored.C,
                    stored.F,
                    stored.O,
                    stored.X ?? ""
                )
                : null;
        }
        catch (JsonException)
        {
            // Damaged.
        }

        return place is not null;
    }

    internal sealed record StoredPlace(
        int V,
        string P,
        string I,
        string N,
        uint M,
        bool U,
        string S,
        string H,
        bool C,
        long F,
        long O,
        string X
    );
}

[JsonSerializable(typeof(PlaceCodec.StoredPlace))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class PlaceJson : JsonSerializerContext;
