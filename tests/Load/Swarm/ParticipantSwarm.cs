using System.Collections.Concurrent;
using System.Diagnostics;
using Spaces.Load.Interop;
using Spaces.Load.Media;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;

namespace Spaces.Load.Swarm;

/// <summary>
/// Thousands of participants on one thread: it receives, keeps their ICE and DTLS going, and publishes.
/// </summary>
/// <remarks>
/// Hot path: receiving and publishing media allocate nothing. Participants are numbered from 0; only number 0
/// publishes. Other threads talk to this one by <see cref="InvokeAsync{T}"/>.
/// </remarks>
internal sealed class ParticipantSwarm : IDisposable
{
    private const long TimerGrainNanoseconds = 5_000_000;
    private const long WaitMaxNanoseconds = 1_000_000;
    private const int BatchesPerTurn = 256; // 16,384 datagrams; then timers and other threads have their turn.
    private const int DatagramLengthMax = 1500;

    private readonly ConcurrentQueue<Action> _work = new();
    private readonly byte[] _outgoing = new byte[DatagramLengthMax];
    private readonly ISwarmSocket _socket;
    private readonly IRtpSink _sink;
    private readonly Participant?[] _participants;
    private readonly int? _core;
    private readonly Thread _thread;
    private ProbePublisher? _publisher;
    private TransportAddress? _echo;
    private Action? _beforeNextPacket;
    private long _nextPacketAt;
    private long _nextTimersAt;
    private volatile bool _isReadingByClock;
    private volatile bool _isStopping;
    private Exception? _failure;

    /// <param name="socket">Used by this swarm's thread from now on; disposed by the caller, afterwards.</param>
    /// <param name="participantCount">How many there can be.</param>
    /// <param name="sink">Where their media goes.</param>
    /// <param name="core">The core of the thread, or null for any.</param>
    public ParticipantSwarm(ISwarmSocket socket, int participantCount, IRtpSink sink, int? core)
    {
        _socket = socket;
        _sink = sink;
        _participants = new Participant?[participantCount];
        _core = core;
        _thread = new Thread(Work) { IsBackground = true, Name = "swarm" };
        _thread.Start();
    }

    /// <summary>
    /// Reads by the clock, every millisecond, instead of being woken by each burst. A reader asleep on a socket makes
    /// the sender of the same machine pay for waking it, which over a real network it would not; arrival times are the
    /// kernel's in either case.
    /// </summary>
    public bool IsReadingByClock
    {
        get => _isReadingByClock;
        set => _isReadingByClock = value;
    }

    /// <summary>How many were connected and are no more. On the swarm's thread only.</summary>
    public int LostCount => _participants.Count(participant => participant?.IsLost == true);

    /// <summary>Runs ICE and DTLS to the end, as participant <paramref name="number"/>.</summary>
    /// <param name="number">Not taken yet.</param>
    /// <param name="options">Of a client.</param>
    /// <param name="cancellationToken">Stops waiting; the participant stays.</param>
    /// <exception cref="IOException">The transport failed.</exception>
    public async Task ConnectAsync(int number, PeerTransportOptions options, CancellationToken cancellationToken)
    {
        var participant = await InvokeAsync(() =>
        {
            var now = Now();
            var transport = new PeerTransport(options, now);
            var added = new Participant(transport, options.ServerPath!.Value);
            _participants[number] = added;
            Drain(number, added);
            if (transport.NextTimeout <= now)
            {
                transport.HandleTimeout(now);
                Drain(number, added);
            }

            return added;
        });
        await participant.Connected.WaitAsync(cancellationToken);
    }

    /// <summary>Starts publishing as participant 0, which is connected.</summary>
    /// <param name="publisher">The swarm's thread owns it from now on.</param>
    /// <param name="echo">
    /// An address of this swarm's own to send a stamped datagram to beside each packet, or null: the direct path.
    /// </param>
    public Task PublishAsync(ProbePublisher publisher, TransportAddress? echo) =>
        InvokeAsync(() =>
        {
            _publisher = publisher;
            _echo = echo;
            _nextPacketAt = Now().Nanoseconds;
            return true;
        });

    public Task StopPublishingAsync() =>
        InvokeAsync(() =>
        {
            _publisher = null;
            return true;
        });

    /// <summary>Does something on the swarm's thread and gives the result.</summary>
    public Task<T> InvokeAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Enqueue(Completing(completion, work));
        if (_isStopping)
        {
            _ = completion.TrySetException(Stopped());
        }

        return completion.Task;
    }

    /// <summary>Does something on the swarm's thread just before it publishes the next packet.</summary>
    public Task<T> BeforeNextPacketAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Enqueue(() => _beforeNextPacket = Completing(completion, work));
        return completion.Task;
    }

    /// <summary>Ends the thread. Says goodbye to nobody: closing sessions is signaling's business.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
    }

    private static Action Completing<T>(TaskCompletionSource<T> completion, Func<T> work) =>
        () =>
        {
            try
            {
                _ = completion.TrySetResult(work());
            }
            catch (Exception exception)
            {
                _ = completion.TrySetException(exception);
            }
        };

    private static Instant Now() => new(Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency));

    private InvalidOperationException Stopped() => new("The swarm has stopped.", _failure);

    private void Work()
    {
        try
        {
            if (_core is { } core)
            {
                ThreadPlacement.Pin(thread: 0, core);
            }

            while (!_isStopping)
            {
                TakeTurn();
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
            _isStopping = true;
        }

        // Whoever waits for an answer gets it.
        while (_work.TryDequeue(out var work))
        {
            work();
        }

        _beforeNextPacket?.Invoke();
        foreach (var participant in _participants)
        {
            participant?.Dispose();
        }
    }

    private void TakeTurn()
    {
        while (_work.TryDequeue(out var work))
        {
            work();
        }

        for (var batch = 0; batch < BatchesPerTurn; batch++)
        {
            var received = _socket.Receive();
            if (received == 0)
            {
                break;
            }

            var now = Now();
            for (var i = 0; i < received; i++)
            {
                Handle(now, _socket.Get(i));
            }

            PublishIfDue();
        }

        PublishIfDue();
        HandleTimersIfDue();
        WaitForMore();
    }

    private void WaitForMore()
    {
        var now = Now().Nanoseconds;
        var until = Math.Min(_nextTimersAt, now + WaitMaxNanoseconds);
        if (_publisher is { IsExhausted: false })
        {
            until = Math.Min(until, _nextPacketAt);
        }

        if (_isReadingByClock)
        {
            SystemClock.Sleep(until - now);
        }
        else
        {
            _socket.Wait(until - now);
        }
    }

    private void Handle(Instant now, in ReceivedDatagram datagram)
    {
        var number = datagram.Participant;
        if ((uint)number >= (uint)_participants.Length || _participants[number] is not { } participant)
        {
            _sink.HandleStray(datagram);
            return;
        }

        var path = new NetworkPath(datagram.Source, LocalSocket: 0);
        switch (Datagram.Classify(datagram.Payload))
        {
            case DatagramKind.Rtp:
                _sink.HandleRtp(participant.Transport, path, datagram);
                break;
            case DatagramKind.Stun:
                _ = participant.Transport.HandleStun(now, path, datagram.Payload);
                Drain(number, participant);
                break;
            case DatagramKind.Dtls:
                _ = participant.Transport.HandleDtls(now, path, datagram.Payload);
                Drain(number, participant);
                break;
            case DatagramKind.Rtcp:
            case DatagramKind.Unknown:
            default:
                break;
        }
    }

    private void Drain(int number, Participant participant)
    {
        while (participant.Transport.TryDequeueTransmit(out var transmit))
        {
            _socket.Send(number, transmit.Path.Remote, transmit.Payload.Span);
        }

        while (participant.Transport.TryDequeueEvent(out var peerEvent))
        {
            participant.Handle(peerEvent);
        }
    }

    private void HandleTimersIfDue()
    {
        var now = Now();
        if (now.Nanoseconds < _nextTimersAt)
        {
            return;
        }

        _nextTimersAt = now.Nanoseconds + TimerGrainNanoseconds;
        for (var number = 0; number < _participants.Length; number++)
        {
            if (_participants[number] is { } participant && participant.Transport.NextTimeout <= now)
            {
                participant.Transport.HandleTimeout(now);
                Drain(number, participant);
            }
        }
    }

    private void PublishIfDue()
    {
        if (_publisher is not { IsExhausted: false } publisher || Now().Nanoseconds < _nextPacketAt)
        {
            return;
        }

        _nextPacketAt += ProbePublisher.IntervalNanoseconds;
        _beforeNextPacket?.Invoke();
        _beforeNextPacket = null;

        var participant = _participants[0]!;
        var length = publisher.WriteNext(_outgoing);
        length = participant.Transport.ProtectRtp(_outgoing, length);
        _socket.Send(participant: 0, participant.Path.Remote, _outgoing.AsSpan(0, length));
        if (_echo is { } echo)
        {
            ProbeFrame.Write(_outgoing, publisher.Count - 1, SystemClock.RealtimeNanoseconds());
            _socket.Send(_participants.Length, echo, _outgoing.AsSpan(0, ProbeFrame.Length));
        }
    }
}
