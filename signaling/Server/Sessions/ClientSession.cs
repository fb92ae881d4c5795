using Grpc.Core;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>
/// The conversation with one client: messages in, messages out. Every transport carries the same one.
/// </summary>
/// <remarks>
/// The transport calls <see cref="HandleAsync"/> for one message after the other, writes what <see cref="Outbox"/>
/// gives until
/// that ends, and cuts the connection <see cref="GoodbyeTime"/> after <see cref="Ended"/>. Any thread may send or end.
/// </remarks>
internal sealed class ClientSession
{
    /// <summary>How long a transport waits for a client to read its goodbye; then it cuts the connection.</summary>
    public static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(2);

    private readonly SessionServices _services;
    private readonly RequestBudget _budget;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _token;
    private long _heardAt;
    private volatile bool _isHandling;
    private int _isEnded;
    private Seat? _seat;

    public ClientSession(SessionServices services, string? token)
    {
        _services = services;
        _token = token;
        _budget = new RequestBudget(services.Time);
        _heardAt = services.Time.GetTimestamp();
    }

    public Outbox Outbox { get; } = new();

    /// <summary>Ends when the last message is in the outbox.</summary>
    public Task Ended => _ended.Task;

    public bool IsEnded => Volatile.Read(ref _isEnded) != 0;

    /// <summary>Why the session ended; <see cref="GoodbyeReason.Unspecified"/> while it has not.</summary>
    public GoodbyeReason EndReason { get; private set; }

    public void Send(OutboundMessage message)
    {
        if (!IsEnded && !Outbox.TryAdd(message))
        {
            End(GoodbyeReason.TooSlow, GoodbyeAction.Resume, "You did not read what you were sent.", Refusal.Backoff());
        }
    }

    public void Send(ServerMessage message) => Send(new OutboundMessage(message));

    public void TellMediaLost(MediaLostReason reason) =>
        Send(
            new ServerMessage
            {
                MediaLost = new MediaLost
                {
                    Reason = reason,
                    RetryAfterMs = reason == MediaLostReason.NodeLost ? (uint)Refusal.Backoff().TotalMilliseconds : 0,
                },
            }
        );

    /// <summary>Says goodbye and nothing more; only the first call counts.</summary>
    public void End(GoodbyeReason reason, GoodbyeAction action, string message, TimeSpan retryAfter = default)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return;
        }

        EndReason = reason;
        _services.Metrics.Goodbye(reason);
        Outbox.Complete(
            new OutboundMessage(
                new ServerMessage
                {
                    Goodbye = new Goodbye
                    {
                        Reason = reason,
                        Action = action,
                        Message = message,
                        RetryAfterMs = (uint)retryAfter.TotalMilliseconds,
                    },
                }
            )
        );
        _ended.TrySetResult();
    }

    /// <summary>Takes one message; never throws for what a client can send.</summary>
    public async Task HandleAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        if (IsEnded)
        {
            return;
        }

        _isHandling = true;
        try
        {
            _services.Metrics.Request(message.RequestCase);
            await HandleRequestAsync(message, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            SignalingLog.RequestFailed(_services.Logger, message.RequestCase, error);
            Refuse(message.RequestId, new Refusal(StatusCode.Internal, "The server failed at this. Its log says why."));
        }
        finally
        {
            Volatile.Write(ref _heardAt, _services.Time.GetTimestamp());
            _isHandling = false;
        }
    }

    /// <summary>Takes a message that is none.</summary>
    /// <param name="requestId">Where it could be read; else 0.</param>
    /// <param name="problem">A sentence.</param>
    public void HandleMalformed(ulong requestId, string problem)
    {
        if (IsEnded)
        {
            return;
        }

        Volatile.Write(ref _heardAt, _services.Time.GetTimestamp());
        _services.Metrics.Malformed();
        var refusal = new Refusal(StatusCode.InvalidArgument, problem);
        if (_seat is null)
        {
            RefuseFirst(requestId, refusal, GoodbyeAction.Stop);
        }
        else if (IsInBudget(requestId, cost: 1))
        {
            Refuse(requestId, refusal);
        }
    }

    /// <summary>The connection is closed, by whomever.</summary>
    public async Task DisconnectedAsync()
    {
        Interlocked.Exchange(ref _isEnded, 1);
        Outbox.Complete(null);
        _ended.TrySetResult();
        if (_seat is { } seat)
        {
            await _services.Departure.ConnectionLostAsync(seat.Room, seat.Participant, this);
        }
    }

    /// <summary>Ends the session if the client has been silent for too long.</summary>
    public void CheckDeadline()
    {
        if (IsEnded || _isHandling)
        {
            return;
        }

        var silence = _services.Time.GetElapsedTime(Volatile.Read(ref _heardAt));
        if (_seat is null && silence > _services.Options.FirstMessageTimeout)
        {
            End(GoodbyeReason.Timeout, GoodbyeAction.Stop, "No join or resume came in time.");
        }
        else if (_seat is not null && silence > _services.Options.PingInterval * 1.5)
        {
            End(GoodbyeReason.Timeout, GoodbyeAction.Resume, "No ping came in time.");
        }
    }

    private async Task HandleRequestAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        if (_seat is null)
        {
            await HandleFirstAsync(message, cancellationToken);
            return;
        }

        if (!IsInBudget(message.RequestId, CostOf(message.RequestCase)))
        {
            return;
        }

        if (message.RequestId == 0)
        {
            Refuse(0, new Refusal(StatusCode.InvalidArgument, "request_id is missing; it must not be 0."));
            return;
        }

        var reply = await _services.Requests.AnswerAsync(_seat, message, cancellationToken);
        if (reply.IsRefused(out var refusal, out var answer))
        {
            Refuse(message.RequestId, refusal);
            return;
        }

        answer.ReplyTo = message.RequestId;
        Send(answer);
        if (message.RequestCase == ClientMessage.RequestOneofCase.Leave)
        {
            End(GoodbyeReason.Left, GoodbyeAction.Stop, "You left.");
        }
        else if (_seat.Room.IsOver)
        {
            End(GoodbyeReason.RoomEnded, GoodbyeAction.Stop, "The room has ended.");
        }
    }

    private async Task HandleFirstAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        var refusal = message switch
        {
            { RequestId: 0 } => new Refusal(StatusCode.InvalidArgument, "request_id is missing; it must not be 0."),
            { Join: { } join } => await _services.Entry.JoinAsync(
                this,
                message.RequestId,
                join,
                _token,
                seat => _seat = seat,
                cancellationToken
            ),
            { Resume: { } resume } => await _services.Entry.ResumeAsync(
                this,
                message.RequestId,
                resume,
                seat => _seat = seat,
                cancellationToken
            ),
            _ => new Refusal(StatusCode.FailedPrecondition, "The first message must be join or resume."),
        };
        if (refusal is not null)
        {
            var isOver = message.Resume is not null && refusal.Code != StatusCode.PermissionDenied;
            var mayJoin = isOver || refusal.RetryAfter > TimeSpan.Zero;
            RefuseFirst(message.RequestId, refusal, mayJoin ? GoodbyeAction.Join : GoodbyeAction.Stop);
        }
    }

    private void RefuseFirst(ulong requestId, Refusal refusal, GoodbyeAction action)
    {
        Refuse(requestId, refusal);
        End(GoodbyeReason.Refused, action, refusal.Message, refusal.RetryAfter);
    }

    private void Refuse(ulong requestId, Refusal refusal)
    {
        _services.Metrics.Refused(refusal.Code);
        Send(
            new ServerMessage
            {
                ReplyTo = requestId,
                Refused = new Refused
                {
                    Code = refusal.CodeName,
                    Message = refusal.Message,
                    RetryAfterMs = refusal.RetryAfterMs,
                },
            }
        );
    }

    /// <summary>What everybody is told of, or a media node has to do, is dearer than what only we answer.</summary>
    private static int CostOf(ClientMessage.RequestOneofCase request) =>
        request
            is ClientMessage.RequestOneofCase.Ping
                or ClientMessage.RequestOneofCase.ListParticipants
                or ClientMessage.RequestOneofCase.ListBans
                or ClientMessage.RequestOneofCase.React
                or ClientMessage.RequestOneofCase.Leave
                or ClientMessage.RequestOneofCase.None
            ? 1
            : RequestBudget.CostOfChange;

    private bool IsInBudget(ulong requestId, int cost)
    {
        if (_budget.TryTake(cost))
        {
            return true;
        }

        if (_budget.IsExhausted)
        {
            End(GoodbyeReason.ProtocolError, GoodbyeAction.Stop, "Too many requests, in spite of being told.");
            return false;
        }

        Refuse(
            requestId,
            new Refusal(
                StatusCode.ResourceExhausted,
                $"Too many requests: at most {RequestBudget.PerSecond / cost} a second of this kind.",
                TimeSpan.FromSeconds(1)
            )
        );
        return false;
    }
}
