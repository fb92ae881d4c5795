using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain;
using Spaces.V1;
using Person = Spaces.Signaling.Domain.Person;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>The state of a room in the words of the protocol.</summary>
internal static class RoomMessages
{
    public static V1.Room Describe(Domain.Room room, uint speakers, uint listeners) =>
        new()
        {
            Id = room.Id.Value,
            Title = room.Title,
            State = (V1.RoomState)room.State,
            HostIdentity = room.Host.Value,
            HostName = room.HostName,
            CreatedAt = room.CreatedAt.ToTimestamp(),
            EndedAt = room.EndedAt?.ToTimestamp(),
            Version = (ulong)room.Version,
            SpeakerCount = speakers,
            ListenerCount = listeners,
            Description = room.Description,
            Topics = { room.Topics },
            StartsAt = room.StartsAt?.ToTimestamp(),
            Policy = Describe(room.Policy),
            StartedAt = room.StartedAt?.ToTimestamp(),
            Heirs = { room.Heirs.Select(heir => heir.Value) },
            ListenOnly = room.ListenOnly,
            EndReason = (V1.RoomEndReason)(room.EndReason ?? 0),
            CoHosts = { room.CoHosts.Select(coHost => coHost.Value) },
        };

    public static V1.RoomPolicy Describe(Domain.RoomPolicy policy) =>
        new()
        {
            SpeakPolicy = (V1.SpeakPolicy)policy.Speak,
            RequestsOpen = policy.RequestsOpen,
            Visibility = (Visibility)policy.Visibility,
            SpeakersMax = (uint)policy.SpeakersMax,
            PeopleMax = (uint)policy.PeopleMax,
            CoHostsMax = (uint)policy.CoHostsMax,
            AnonymousListening = policy.AnonymousListening,
            TurnSeconds = (uint)policy.TurnSeconds,
            OnHostLeft = (HostLeftPolicy)policy.OnHostLeft,
            GraceSeconds = (uint)policy.GraceSeconds,
            ReactionsOpen = policy.ReactionsOpen,
        };

    /// <param name="room">The room.</param>
    /// <param name="speakers">How many may be heard.</param>
    /// <param name="listeners">How many may not.</param>
    /// <param name="graceLeft">While the host is away: how long the room still waits.</param>
    public static RoomSnapshot Snapshot(Domain.Room room, uint speakers, uint listeners, TimeSpan graceLeft) =>
        new()
        {
            Room = Describe(room, speakers, listeners),
            Stage = { room.Stage.Select(Describe) },
            Posts = { room.Posts.Select(Describe) },
            HostGraceLeftMs = (uint)graceLeft.TotalMilliseconds,
        };

    public static V1.Participant Describe(StageMember member)
    {
        var message = Describe(member.Person, member.Role, member.Connected);
        message.HandRaised = member.HandRaised;
        message.HandNumber = (ulong)member.HandNumber;
        message.Suppressed = member.Suppressed;
        message.InvitedToSpeak = member.Invited;
        message.TurnMs = (uint)(member.Turn?.Seconds ?? 0) * 1_000;
        return message;
    }

    /// <summary>Somebody in the room, on stage or not.</summary>
    public static V1.Participant Describe(Domain.Room room, Participant participant) =>
        room.OnStage(participant.Id) is { } member
            ? Describe(member)
            : Describe(participant.Person, Domain.Role.Listener, participant.LostAt is null);

    /// <summary>Somebody in the room who is not on stage.</summary>
    public static V1.Participant Describe(Person person, Domain.Role role, bool connected) =>
        new()
        {
            Id = person.Id.Value,
            Identity = person.Identity.Value,
            Name = person.Name,
            Role = (V1.Role)role,
            Muted = person.Muted,
            MediaId = person.MediaId.Value,
            Connected = connected,
        };

    public static V1.Post Describe(Domain.Post post) =>
        new()
        {
            Id = post.Number.ToString(CultureInfo.InvariantCulture),
            Url = post.Url,
            Author = post.Author,
            Text = post.Text,
            SharedByIdentity = post.SharedBy.Value,
            SharedByName = post.SharedByName,
            SharedAt = post.SharedAt.ToTimestamp(),
        };
}
