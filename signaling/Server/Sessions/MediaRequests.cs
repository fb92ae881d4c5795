using Grpc.Core;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>What somebody in a room asks about their audio.</summary>
internal sealed class MediaRequests(ParticipantMedia media)
{
    public async Task<Outcome<ServerMessage>> OpenAsync(Seat seat, OpenMedia request, CancellationToken stop)
    {
        if (request.SdpOffer.Length == 0)
        {
            return Refusal.Invalid("sdp_offer is missing.");
        }

        var outcome = await media.ReopenAsync(seat.Room, seat.Participant, request.SdpOffer, stop);
        return outcome.IsRefused(out var refusal, out var opened)
            ? refusal
            : new ServerMessage { MediaOpened = new MediaOpened { SdpAnswer = opened.Answer } };
    }

    public async Task<Outcome<ServerMessage>> RestartIceAsync(Seat seat, RestartIce request, CancellationToken stop)
    {
        if (request.SdpOffer.Length is 0 or > ParticipantMedia.OfferLengthMax)
        {
            return new Refusal(StatusCode.InvalidArgument, "sdp_offer is missing or too long.");
        }

        var outcome = await media.RestartIceAsync(
            seat.Participant,
            session => new RestartIceRequest { SessionId = session, SdpOffer = request.SdpOffer },
            stop
        );
        return outcome.IsRefused(out var refusal, out var answer)
            ? refusal
            : new ServerMessage { IceRestarted = new IceRestarted { SdpAnswer = answer.Sdp } };
    }
}
