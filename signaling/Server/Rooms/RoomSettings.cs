using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>What people say about a room they want to make or change, in the words of the domain.</summary>
/// <remarks>Only what cannot even be said is refused here; whether it is allowed is the room's to decide.</remarks>
internal static class RoomSettings
{
    /// <summary>Later than any start that a room takes, and still a time that can be written.</summary>
    private static readonly DateTimeOffset TimeMax = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The fields that are given; null leaves one as it is.</summary>
    public static RoomPolicyChange Read(V1.RoomPolicy? policy) =>
        policy is null
            ? new RoomPolicyChange()
            : new RoomPolicyChange
            {
                Speak = policy.SpeakPolicy == default ? null : (Domain.SpeakPolicy)policy.SpeakPolicy,
                RequestsOpen = policy.HasRequestsOpen ? policy.RequestsOpen : null,
                Visibility = policy.Visibility == default ? null : (RoomVisibility)policy.Visibility,
                SpeakersMax = policy.HasSpeakersMax ? Number(policy.SpeakersMax) : null,
                PeopleMax = policy.HasPeopleMax ? Number(policy.PeopleMax) : null,
                CoHostsMax = policy.HasCoHostsMax ? Number(policy.CoHostsMax) : null,
                AnonymousListening = policy.HasAnonymousListening ? policy.AnonymousListening : null,
                TurnSeconds = policy.HasTurnSeconds ? Number(policy.TurnSeconds) : null,
                OnHostLeft = policy.OnHostLeft == default ? null : (HostLeftRule)policy.OnHostLeft,
                GraceSeconds = policy.HasGraceSeconds ? Number(policy.GraceSeconds) : null,
                ReactionsOpen = policy.HasReactionsOpen ? policy.ReactionsOpen : null,
            };

    /// <returns>False when it is no time that could be meant.</returns>
    public static bool TryRead(
        Timestamp? timestamp,
        out DateTimeOffset? time,
        [NotNullWhen(false)] out Refusal? refusal
    )
    {
        time = null;
        refusal = null;
        if (timestamp is null)
        {
            return true;
        }

        if (
            timestamp.Seconds is < 0
            || timestamp.Seconds > TimeMax.ToUnixTimeSeconds()
            || timestamp.Nanos is < 0 or > 999_999_999
        )
        {
            refusal = Refusal.Invalid("starts_at is no time between 1970 and 9000.");
            return false;
        }

        time = DateTimeOffset.FromUnixTimeSeconds(timestamp.Seconds); // Whole seconds are what people plan by.
        return true;
    }

    /// <summary>The command that makes the room, live or scheduled.</summary>
    public static Outcome<RoomCommand> Opening(
        CreateRoomRequest request,
        Identity host,
        string hostName,
        DateTimeOffset now
    )
    {
        if (!TryRead(request.StartsAt, out var startsAt, out var refusal))
        {
            return refusal;
        }

        var policy = Read(request.Policy).ApplyTo(Domain.RoomPolicy.Default);
        ValueList<string> topics = [.. request.Topics];
        return startsAt is { } starts
            ? new RoomCommand.Schedule(request.Title, host, hostName, starts, now)
            {
                Description = request.Description,
                Topics = topics,
                Policy = policy,
            }
            : new RoomCommand.Open(request.Title, host, hostName, now)
            {
                Description = request.Description,
                Topics = topics,
                Policy = policy,
            };
    }

    /// <summary>The commands that change it: none, one, or both.</summary>
    public static Outcome<IReadOnlyList<RoomCommand>> Changes(
        UpdateRoomRequest request,
        Actor actor,
        DateTimeOffset now
    )
    {
        if (!TryRead(request.StartsAt, out var startsAt, out var refusal))
        {
            return refusal;
        }

        var commands = new List<RoomCommand>();
        var edits = request.Title.Length > 0 || request.HasDescription || request.Topics is not null;
        if (edits || startsAt is not null)
        {
            commands.Add(
                new RoomCommand.Edit(actor, now)
                {
                    Title = request.Title.Length > 0 ? request.Title : null,
                    Description = request.HasDescription ? request.Description : null,
                    Topics = request.Topics is { } topics ? [.. topics.Topics] : null,
                    StartsAt = startsAt,
                }
            );
        }

        if (request.Policy is { } policy)
        {
            commands.Add(new RoomCommand.ChangePolicy(actor, Read(policy), now));
        }

        return commands.Count > 0
            ? commands
            : Refusal.Invalid("There is nothing to change. Give title, description, topics, starts_at or policy.");
    }

    /// <summary>What is too large for the domain is too large for every rule, which then says so.</summary>
    private static int Number(uint value) => (int)Math.Min(value, int.MaxValue);
}
