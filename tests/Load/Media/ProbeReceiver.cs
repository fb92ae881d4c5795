using System.Buffers.Binary;
using Spaces.Load.Statistics;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Load.Media;

/// <summary>
/// Counts every packet that every listener gets, and times it; decrypts each listener's first and a sample of the
/// others.
/// </summary>
/// <remarks>
/// A decrypted packet shows its number, which gives the distance between the slot's RTP time and the publisher's. From
/// then on the number of an encrypted packet follows from its header alone. Hot path: no allocation. The swarm's thread
/// owns it.
/// </remarks>
internal sealed class ProbeReceiver : IRtpSink
{
    private const int BitsPerWord = 64;

    private readonly ProbePublisher _publisher;
    private readonly int _sampleEvery;
    private readonly int _wordsPerListener;
    private readonly ulong[] _seen;
    private readonly Listener[] _listeners;
    private int _windowFirst = int.MaxValue;
    private int _windowEnd = int.MaxValue;
    private long _windowStart = long.MaxValue;
    private long _windowStop = long.MaxValue;
    private int _joinsFirst = int.MaxValue;
    private int _joinsEnd = int.MaxValue;

    /// <param name="publisher">Whose packets are expected.</param>
    /// <param name="participantCount">Numbers that listeners can have.</param>
    /// <param name="packetCountMax">What the publisher can send.</param>
    /// <param name="sampleEvery">One packet of so many is decrypted.</param>
    public ProbeReceiver(ProbePublisher publisher, int participantCount, int packetCountMax, int sampleEvery)
    {
        _publisher = publisher;
        _sampleEvery = sampleEvery;
        _wordsPerListener = (packetCountMax + BitsPerWord - 1) / BitsPerWord;
        _seen = new ulong[participantCount * _wordsPerListener];
        _listeners = new Listener[participantCount];
        for (var i = 0; i < participantCount; i++)
        {
            _listeners[i].UntilSample = i % sampleEvery; // Spread, so that no turn has all the work.
        }
    }

    /// <summary>Time from the publisher's stamp to the listener's kernel, packets of the window.</summary>
    public LatencyHistogram Delay { get; } = new();

    /// <summary>The same for datagrams that this process sends to itself.</summary>
    public LatencyHistogram DirectDelay { get; } = new();

    /// <summary>As <see cref="Delay"/>, for the packets sent while others join.</summary>
    public LatencyHistogram DelayDuringJoins { get; } = new();

    /// <summary>Packets of the window that listeners got, each counted once.</summary>
    public long DeliveredCount { get; private set; }

    /// <summary>Packets that arrived between the window's start and its end, whenever they were sent.</summary>
    public long ArrivedCount { get; private set; }

    public long DuplicateCount { get; private set; }

    /// <summary>Packets that were decrypted and were what the publisher sent.</summary>
    public long VerifiedCount { get; private set; }

    /// <summary>Packets that should decrypt and do not, or hold something else.</summary>
    public long InvalidCount { get; private set; }

    /// <summary>Listeners of whom at least one packet was decrypted and right.</summary>
    public int HearingCount => _listeners.Count(listener => listener.IsSynchronized);

    /// <summary>Packets the window spans.</summary>
    public int WindowLength => _windowEnd - _windowFirst;

    /// <summary>Counts from the packet that the publisher makes next.</summary>
    public void BeginWindow(long nowNanoseconds)
    {
        _windowFirst = _publisher.Count;
        _windowStart = nowNanoseconds;
    }

    /// <summary>The last packet made belongs to the window still; it may arrive later.</summary>
    public void EndWindow(long nowNanoseconds)
    {
        _windowEnd = _publisher.Count;
        _windowStop = nowNanoseconds;
    }

    /// <summary>From the packet that the publisher makes next, others join.</summary>
    public void BeginJoins() => _joinsFirst = _publisher.Count;

    /// <summary>With the last packet made, they are in.</summary>
    public void EndJoins() => _joinsEnd = _publisher.Count;

    public void HandleRtp(PeerTransport transport, NetworkPath path, in ReceivedDatagram datagram)
    {
        if (datagram.ArrivedNanoseconds >= _windowStart && datagram.ArrivedNanoseconds < _windowStop)
        {
            ArrivedCount++;
        }

        ref var listener = ref _listeners[datagram.Participant];
        var timestamp = BinaryPrimitives.ReadUInt32BigEndian(datagram.Payload[4..]);
        if (--listener.UntilSample < 0 || !listener.IsSynchronized)
        {
            listener.UntilSample = _sampleEvery - 1;
            if (!TryVerify(transport, path, datagram, ref listener))
            {
                return;
            }
        }

        var number = (int)((timestamp - listener.FirstTimestamp) / ProbePublisher.SamplesPerPacket);
        if ((uint)number >= (uint)_publisher.Count || !MarkSeen(datagram.Participant, number))
        {
            DuplicateCount++;
            return;
        }

        if (number >= _windowFirst && number < _windowEnd)
        {
            DeliveredCount++;
            Delay.Record(datagram.ArrivedNanoseconds - _publisher.SentAt(number));
        }
        else if (number >= _joinsFirst && number < _joinsEnd)
        {
            DelayDuringJoins.Record(datagram.ArrivedNanoseconds - _publisher.SentAt(number));
        }
    }

    public void HandleStray(in ReceivedDatagram datagram)
    {
        if (
            ProbeFrame.TryRead(datagram.Payload, out var number, out var sent)
            && number >= _windowFirst
            && number < _windowEnd
        )
        {
            DirectDelay.Record(datagram.ArrivedNanoseconds - sent);
        }
    }

    private bool TryVerify(
        PeerTransport transport,
        NetworkPath path,
        in ReceivedDatagram datagram,
        ref Listener listener
    )
    {
        if (
            !transport.TryUnprotectRtp(path, datagram.Payload, out var length)
            || !RtpPacketView.TryParse(datagram.Payload[..length], out var packet)
            || !ProbeFrame.TryRead(packet.Payload, out var number, out var sent)
            || (uint)number >= (uint)_publisher.Count
            || sent != _publisher.SentAt(number)
        )
        {
            InvalidCount++;
            return false;
        }

        VerifiedCount++;
        listener.IsSynchronized = true;
        listener.FirstTimestamp = packet.Timestamp - ((uint)number * ProbePublisher.SamplesPerPacket);
        return true;
    }

    private bool MarkSeen(int participant, int number)
    {
        ref var word = ref _seen[(participant * _wordsPerListener) + (number / BitsPerWord)];
        var bit = 1UL << (number % BitsPerWord);
        var isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }

    private struct Listener
    {
        public uint FirstTimestamp;
        public int UntilSample;
        public bool IsSynchronized;
    }
}
