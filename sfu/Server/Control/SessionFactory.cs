using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Sdp;
using Spaces.Sfu.Routing;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Sessions;

namespace Spaces.Sfu.Server.Control;

/// <summary>Makes a session's media side from what its offer and answer agreed.</summary>
internal static class SessionFactory
{
    /// <summary>On the session's worker: the parts find their room there.</summary>
    public static MediaSession Create(ControlSession session, MediaNode node)
    {
        var audio = session.Audio!;
        var worker = session.Worker;
        var handshake = worker.CreateHandshake();
        var options = new PeerTransportOptions(
            session.LocalIce!,
            audio.RemoteIce,
            node.Certificate,
            audio.RemoteFingerprints
        )
        {
            Handshakes = handshake,
        };
        var peer = new PeerTransport(options, worker.Now());
        var sender = new PeerSender(peer, worker.Sends);
        var microphone = CreateMicrophone(session, audio.Microphone);
        var listener = CreateListener(session, audio.Slots, sender, node.CreateRandom());
        var random = node.CreateRandom();
        var own = session.Room.Slots[0];
        var ownSsrc = audio.Slots.Count > 0 ? own.Ssrc : (uint)random.NextInt64(1, 1L << 32);
        var rtcp = new RtcpReporter(sender, microphone, listener, ownSsrc, own.Cname, node.Clock, random);
        var media = new MediaSession(
            session.Request.SessionId,
            session.Room.Number,
            session.LocalIce!.Ufrag,
            peer,
            rtcp,
            microphone,
            listener
        );
        handshake.Session = media;
        return media;
    }

    private static Microphone? CreateMicrophone(ControlSession session, MicrophoneLine? line)
    {
        if (line is null)
        {
            return null;
        }

        var format = new MicrophoneFormat(
            line.OpusPayloadType,
            line.RedPayloadType,
            line.AudioLevelId ?? 0,
            line.AnnouncedSsrc,
            line.HasNack
        );
        var room = session.Worker.Rooms.Sink(session.Room.Number, session.Room.HomeWorker);
        return new Microphone(session.Request.MediaId, format, room);
    }

    private static Listener? CreateListener(
        ControlSession session,
        IReadOnlyList<SlotLine> lines,
        PeerSender sender,
        Random random
    )
    {
        if (lines.Count == 0)
        {
            return null;
        }

        SlotFormat[] slots =
        [
            .. lines.Select(line => new SlotFormat(
                line.Identity.Ssrc,
                line.OpusPayloadType,
                line.RedPayloadType,
                line.HasNack
            )),
        ];
        return new Listener(session.Request.MediaId, slots, sender, random);
    }
}
