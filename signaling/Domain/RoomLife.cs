using static Spaces.Signaling.Domain.RefusalCode;

namespace Spaces.Signaling.Domain;

/// <summary>Opening, announcing, starting, changing and ending a room.</summary>
internal static class RoomLife
{
    /// <summary>How far ahead a room can be announced.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromDays(366);

    public static RoomDecision Open(RoomCommand.Open open)
    {
        if (Problem(open.Title, open.Description, open.Topics, open.Policy, open.Host, open.HostName) is { } problem)
        {
            return RoomDecision.Refuse(InvalidArgument, problem);
        }

        return RoomDecision.Accept(
            new RoomEvent.Opened(open.Title, open.Host, open.HostName, open.At)
            {
                Description = open.Description,
                Topics = open.Topics,
                Policy = open.Policy,
            }
        );
    }

    public static RoomDecision Schedule(RoomCommand.Schedule schedule)
    {
        var problem =
            Problem(
                schedule.Title,
                schedule.Description,
                schedule.Topics,
                schedule.Policy,
                schedule.Host,
                schedule.HostName
            ) ?? StartProblem(schedule.StartsAt, schedule.At);
        return problem is not null
            ? RoomDecision.Refuse(InvalidArgument, problem)
            : RoomDecision.Accept(
                new RoomEvent.Scheduled(
                    schedule.Title,
                    schedule.Host,
                    schedule.HostName,
                    schedule.StartsAt,
                    schedule.Description,
                    schedule.Topics,
                    schedule.Policy,
                    schedule.At
                )
            );
    }

    public static RoomDecision Start(Room room, RoomCommand.Start start)
    {
        if (Permissions.Refusal(room, Right.StartRoom, start.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return room.State == RoomState.Live
            ? RoomDecision.Nothing
            : RoomDecision.Accept(new RoomEvent.Started(start.At));
    }

    public static RoomDecision Edit(Room room, RoomCommand.Edit edit)
    {
        var rewords = edit.Title is not null || edit.Description is not null || edit.Topics is not null;
        var denied =
            (edit.StartsAt is null ? null : Permissions.Refusal(room, Right.MoveStart, edit.Actor))
            ?? (rewords || edit.StartsAt is null ? Permissions.Refusal(room, Right.EditRoom, edit.Actor) : null);
        if (denied is not null)
        {
            return RoomDecision.Refuse(denied);
        }

        if (edit.StartsAt is not null && room.State == RoomState.Live)
        {
            return RoomDecision.Refuse(FailedPrecondition, "The room is live; its start cannot be moved any more.");
        }

        var edited = new RoomEvent.Edited(
            edit.Title ?? room.Title,
            edit.Description ?? room.Description,
            edit.Topics ?? room.Topics,
            edit.StartsAt ?? room.StartsAt,
            edit.At
        );
        var problem =
            TextProblem(edited.Title, edited.Description, edited.Topics)
            ?? (edit.StartsAt is { } startsAt ? StartProblem(startsAt, edit.At) : null);
        if (problem is not null)
        {
            return RoomDecision.Refuse(InvalidArgument, problem);
        }

        var isSame =
            edited.Title == room.Title
            && edited.Description == room.Description
            && edited.Topics.Equals(room.Topics)
            && edited.StartsAt == room.StartsAt;
        return isSame ? RoomDecision.Nothing : RoomDecision.Accept(edited);
    }

    public static RoomDecision End(Room room, RoomCommand.End end)
    {
        if (Permissions.Refusal(room, Right.EndRoom, end.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        var reason =
            MayName(end) ? end.Reason!.Value
            : room.State == RoomState.Scheduled ? RoomEndReason.Cancelled
            : !end.Actor.IsSystem && end.Actor.Identity == room.Host ? RoomEndReason.Host
            : RoomEndReason.Administrator;
        return RoomDecision.Accept(new RoomEvent.Ended(reason, end.At));
    }

    public static RoomDecision Expire(Room room, RoomCommand.Expire expire)
    {
        if (room.State == RoomState.Live)
        {
            return RoomDecision.Accept(new RoomEvent.Ended(RoomEndReason.Empty, expire.At));
        }

        return expire.At - room.StartsAt > Room.NoShowAfter
            ? RoomDecision.Accept(new RoomEvent.Ended(RoomEndReason.Cancelled, expire.At))
            : RoomDecision.Nothing;
    }

    private static bool MayName(RoomCommand.End end) =>
        end.Reason is RoomEndReason.Suspended or RoomEndReason.TakenDown
        && (end.Actor.IsAdministrator || end.Actor.IsSystem);

    private static string? Problem(
        string title,
        string description,
        ValueList<string> topics,
        RoomPolicy policy,
        Identity host,
        string hostName
    ) =>
        TextProblem(title, description, topics)
        ?? host.Problem("identity")
        ?? RoomText.Problem("name", hostName, RoomText.NameLengthMax)
        ?? policy.Problem();

    private static string? TextProblem(string title, string description, ValueList<string> topics) =>
        RoomText.Problem("title", title, RoomText.TitleLengthMax)
        ?? RoomText.ProseProblem("description", description, RoomText.DescriptionLengthMax)
        ?? RoomText.TopicsProblem(topics);

    private static string? StartProblem(DateTimeOffset startsAt, DateTimeOffset now) =>
        startsAt > now && startsAt - now <= AheadMax
            ? null
            : $"starts_at must lie ahead, by at most {AheadMax.Days} days. Open the room live to start now.";
}
