using System.Buffers.Binary;
using System.Security.Cryptography;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Simulation;

/// <summary>Looks at every datagram that the node sends, and fails the test at the first that must not be.</summary>
/// <remarks>
/// It knows only what is on the wire and what the control service was told, nothing of the node's insides.
/// </remarks>
internal sealed class EgressWatch(World world)
{
    /// <summary>RFC 7675 §5.1, and the time a loop may take to wake.</summary>
    private static readonly TimeSpan ConsentMax = TimeSpan.FromSeconds(30) + TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// What a session sent just before it was lost may still be in a ring; nobody forbade it, as no command did.
    /// </summary>
    private static readonly TimeSpan LastWordsMax = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<(SimulatedLoop Loop, TransportAddress Address), Instant> _consent = [];
    private readonly Dictionary<(uint Listener, uint Ssrc), EgressStream> _streams = [];

    /// <summary>RTP packets to listeners.</summary>
    public long Forwarded { get; private set; }

    /// <summary>Of those, the ones that went out a second time.</summary>
    public long SentAgain => _streams.Values.Sum(stream => stream.SentAgain);

    /// <summary>A genuine check is about to reach the loop.</summary>
    public void NoteCheck(SimulatedLoop loop, TransportAddress source) => _consent[(loop, source)] = world.Now;

    public void Check(SimulatedLoop loop, TransportAddress to, SimulatedPeer? owner, ReadOnlySpan<byte> datagram)
    {
        if (owner is null)
        {
            throw new AssertionException($"Seed {world.Seed}: a datagram goes where nobody ever was.");
        }

        var kind = Datagram.Classify(datagram);
        if (!_consent.TryGetValue((loop, to), out var checkedAt) || world.Now - checkedAt > ConsentMax)
        {
            Fail(
                owner,
                $"gets {kind} where the last check came from at {(checkedAt - Instant.Zero).TotalSeconds:F6} s"
            );
        }

        if (kind == DatagramKind.Rtp)
        {
            CheckRtp(owner, datagram);
        }

        // A signature's length varies with chance that is not the seed's.
        var length = kind == DatagramKind.Dtls ? 0 : datagram.Length;
        world.Trace.Add(world.Now.Nanoseconds, loop.Port, owner.MediaId, (long)kind, length);
    }

    private void CheckRtp(SimulatedPeer listener, ReadOnlySpan<byte> datagram)
    {
        Forwarded++;
        if (!RtpPacketView.TryParse(datagram, out var rtp) || rtp.CsrcCount != 1)
        {
            Fail(listener, "gets what is no packet of a slot");
        }

        if (!listener.IsOpen || !listener.MayHear)
        {
            Fail(listener, "gets audio without the right to listen");
        }

        var speaker = world.Peer(rtp.Csrc(0));
        if (speaker is null || speaker == listener || speaker.Room != listener.Room)
        {
            Fail(listener, $"hears {rtp.Csrc(0)}, who is themselves, in another room, or nobody");
        }
        else if (!speaker.MayBeHeard || !(speaker.IsOpen || world.Now - speaker.LostAt <= LastWordsMax))
        {
            Fail(listener, $"hears {speaker.SessionId}, who may not be heard");
        }

        if (!_streams.TryGetValue((listener.MediaId, rtp.Ssrc), out var stream))
        {
            stream = new EgressStream();
            _streams.Add((listener.MediaId, rtp.Ssrc), stream);
        }

        if (stream.Add(rtp.SequenceNumber, rtp.Timestamp, Fingerprint(datagram)) is { } objection)
        {
            Fail(listener, $"gets {rtp.SequenceNumber} at {rtp.Timestamp}: {objection}");
        }
    }

    private static ulong Fingerprint(ReadOnlySpan<byte> datagram) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(datagram));

    private void Fail(SimulatedPeer peer, string what) =>
        throw new AssertionException(
            $"Seed {world.Seed}, {(world.Now - Instant.Zero).TotalSeconds:F6} s: {peer.SessionId} {what}."
        );
}
