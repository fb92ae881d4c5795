using System.Buffers.Binary;
using Spaces.Load.Media;
using Spaces.Load.Statistics;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Rtcp;

namespace Spaces.Load.Live;

/// <summary>
/// Counts what listeners of a live room get, whoever speaks there: packets, gaps, jitter, a decrypted sample.
/// </summary>
/// <remarks>Hot path: allocates once for each slot that is heard. The swarm's thread owns it.</remarks>
internal sealed class LiveReceiver(int participantCount, int sampleEvery) : IRtpSink
{
    private const uint OpusClockRate = 48_000;
    private const int RtpHeaderLength = 12;

    private readonly Listener[] _listeners = new Listener[participantCount];

    public long ReceivedCount { get; private set; }

    /// <summary>Packets that were decrypted.</summary>
    public long VerifiedCount { get; private set; }

    /// <summary>Packets that did not decrypt.</summary>
    public long InvalidCount { get; private set; }

    /// <summary>Listeners of whom at least one packet was decrypted.</summary>
    public int HearingCount => _listeners.Count(listener => listener.IsHearing);

    /// <summary>
    /// From the stamp of a publisher of this program to the listener's kernel; means something where both have one
    /// clock.
    /// </summary>
    public LatencyHistogram ProbeDelay { get; } = new();

    public void HandleRtp(PeerTransport transport, NetworkPath path, in ReceivedDatagram datagram)
    {
        ReceivedCount++;
        ref var listener = ref _listeners[datagram.Participant];
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(datagram.Payload[2..]);
        var timestamp = BinaryPrimitives.ReadUInt32BigEndian(datagram.Payload[4..]);
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram.Payload[8..]);
        listener.SlotOf(ssrc)?.Handle(new Instant(datagram.ArrivedNanoseconds), sequence, timestamp);
        if (--listener.UntilSample < 0 || !listener.IsHearing)
        {
            listener.UntilSample = sampleEvery - 1;
            listener.IsHearing |= TryVerify(transport, path, datagram);
        }
    }

    public void HandleStray(in ReceivedDatagram datagram) { }

    /// <summary>Loss and jitter over all slots of all listeners that heard something.</summary>
    public LiveReception Summarize()
    {
        var jitter = new LatencyHistogram();
        var (lost, slots) = (0L, 0);
        foreach (var listener in _listeners)
        {
            foreach (var slot in listener.Slots ?? [])
            {
                if (slot.Statistics.TryReport(Instant.Zero, out var report))
                {
                    slots++;
                    lost += Math.Max(0, report.CumulativeLost);
                    jitter.Record(report.Jitter * 1_000_000_000L / OpusClockRate);
                }
            }
        }

        return new LiveReception(slots, lost, jitter.Percentile(50) / 1e6, jitter.Percentile(99) / 1e6);
    }

    private bool TryVerify(PeerTransport transport, NetworkPath path, in ReceivedDatagram datagram)
    {
        if (!transport.TryUnprotectRtp(path, datagram.Payload, out var length))
        {
            InvalidCount++;
            return false;
        }

        VerifiedCount++;
        var payload = RtpHeaderLength + (sizeof(uint) * (datagram.Payload[0] & 0x0F));
        if (length > payload && ProbeFrame.TryRead(datagram.Payload[payload..length], out _, out var sent))
        {
            ProbeDelay.Record(datagram.ArrivedNanoseconds - sent);
        }

        return true;
    }

    private sealed record Slot(uint Ssrc, ReceptionStatistics Statistics);

    private struct Listener
    {
        private const int SlotsMax = 8;

        public List<Slot>? Slots;
        public int UntilSample;
        public bool IsHearing;

        /// <summary>Null beyond the number of slots that a session can have.</summary>
        public ReceptionStatistics? SlotOf(uint ssrc)
        {
            Slots ??= new List<Slot>(SlotsMax);
            foreach (var slot in Slots)
            {
                if (slot.Ssrc == ssrc)
                {
                    return slot.Statistics;
                }
            }

            if (Slots.Count == SlotsMax)
            {
                return null;
            }

            var added = new Slot(ssrc, new ReceptionStatistics(ssrc, OpusClockRate));
            Slots.Add(added);
            return added.Statistics;
        }
    }
}

/// <param name="Slots">Slots, over all listeners, that carried something.</param>
/// <param name="LostPackets">Gaps in their sequence numbers.</param>
/// <param name="JitterP50Milliseconds">Of the slots' interarrival jitter (RFC 3550 section 6.4.1).</param>
/// <param name="JitterP99Milliseconds">Of the same.</param>
internal sealed record LiveReception(
    int Slots,
    long LostPackets,
    double JitterP50Milliseconds,
    double JitterP99Milliseconds
);
