namespace Spaces.Signaling.Domain;

/// <summary>Who gets the word when they ask for it.</summary>
public enum SpeakPolicy
{
    /// <summary>Everybody, at once while there is a place, then by the queue as places come free.</summary>
    Everyone = 1,

    /// <summary>Those the host follows, at once while there is a place; the others wait for a host.</summary>
    FollowedByHost = 2,

    /// <summary>Whom a host accepts or invites.</summary>
    InvitedOnly = 3,
}

/// <summary>Who finds the room and may enter it.</summary>
public enum RoomVisibility
{
    /// <summary>In every list; open to everybody.</summary>
    Public = 1,

    /// <summary>Accounts that follow the host.</summary>
    Followers = 2,

    /// <summary>In no list; open to whoever has the link.</summary>
    Unlisted = 3,
}

/// <summary>What happens when the host has gone and the grace is over.</summary>
public enum HostLeftRule
{
    End = 1,

    /// <summary>The first heir who is there becomes host; with none, the room only listens.</summary>
    HandOver = 2,

    /// <summary>Nobody is heard until the host returns.</summary>
    ListenOnly = 3,
}

/// <summary>The rules that a host sets for one room.</summary>
/// <param name="Speak">Who gets the word when they ask.</param>
/// <param name="RequestsOpen">False: nobody may raise a hand; hands that are up stay up.</param>
/// <param name="Visibility">Who finds the room and may enter.</param>
/// <param name="SpeakersMax">Places for people who may be heard, 1-100; host and co-hosts always hold theirs.</param>
/// <param name="PeopleMax">Places for people, 2-500, one of them the host's; 0 for as many as come.</param>
/// <param name="CoHostsMax">0-10.</param>
/// <param name="AnonymousListening">People without an account may listen.</param>
/// <param name="TurnSeconds">How long a speaker has the word, 15-3,600; 0 for no limit. Not for hosts.</param>
/// <param name="OnHostLeft">What happens when the host has gone.</param>
/// <param name="GraceSeconds">How long the host may be gone before that happens, 0-600.</param>
/// <param name="ReactionsOpen">People may react.</param>
public sealed record RoomPolicy(
    SpeakPolicy Speak = SpeakPolicy.InvitedOnly,
    bool RequestsOpen = true,
    RoomVisibility Visibility = RoomVisibility.Public,
    int SpeakersMax = 13,
    int PeopleMax = 0,
    int CoHostsMax = 2,
    bool AnonymousListening = false,
    int TurnSeconds = 0,
    HostLeftRule OnHostLeft = HostLeftRule.HandOver,
    int GraceSeconds = 60,
    bool ReactionsOpen = true
)
{
    public const int SpeakersLimit = 100;
    public const int PeopleLimit = Room.StageListenersMax;
    public const int CoHostsLimit = 10;
    public const int TurnSecondsMin = 15;
    public const int TurnSecondsLimit = 3_600;
    public const int GraceSecondsLimit = 600;

    public static RoomPolicy Default { get; } = new();

    /// <returns>Null when every value is in its range; else a sentence that names the field.</returns>
    public string? Problem() =>
        this switch
        {
            { Speak: not (SpeakPolicy.Everyone or SpeakPolicy.FollowedByHost or SpeakPolicy.InvitedOnly) } =>
                "speak_policy is none of EVERYONE, FOLLOWED_BY_HOST and INVITED_ONLY.",
            { Visibility: not (RoomVisibility.Public or RoomVisibility.Followers or RoomVisibility.Unlisted) } =>
                "visibility is none of PUBLIC, FOLLOWERS and UNLISTED.",
            { OnHostLeft: not (HostLeftRule.End or HostLeftRule.HandOver or HostLeftRule.ListenOnly) } =>
                "on_host_left is none of END, HAND_OVER and LISTEN_ONLY.",
            { SpeakersMax: < 1 or > SpeakersLimit } => $"speakers_max is {SpeakersMax}. Give 1-{SpeakersLimit}.",
            { PeopleMax: not 0 and (< 2 or > PeopleLimit) } =>
                $"people_max is {PeopleMax}. Give 2-{PeopleLimit}, or 0 for no limit.",
            { CoHostsMax: < 0 or > CoHostsLimit } => $"co_hosts_max is {CoHostsMax}. Give 0-{CoHostsLimit}.",
            { TurnSeconds: not 0 and (< TurnSecondsMin or > TurnSecondsLimit) } =>
                $"turn_seconds is {TurnSeconds}. Give {TurnSecondsMin}-{TurnSecondsLimit}, or 0 for no limit.",
            { GraceSeconds: < 0 or > GraceSecondsLimit } =>
                $"grace_seconds is {GraceSeconds}. Give 0-{GraceSecondsLimit}.",
            _ => null,
        };
}

/// <summary>The fields of a <see cref="RoomPolicy"/> that somebody wants different; null leaves one as it is.</summary>
public sealed record RoomPolicyChange
{
    public SpeakPolicy? Speak { get; init; }
    public bool? RequestsOpen { get; init; }
    public RoomVisibility? Visibility { get; init; }
    public int? SpeakersMax { get; init; }
    public int? PeopleMax { get; init; }
    public int? CoHostsMax { get; init; }
    public bool? AnonymousListening { get; init; }
    public int? TurnSeconds { get; init; }
    public HostLeftRule? OnHostLeft { get; init; }
    public int? GraceSeconds { get; init; }
    public bool? ReactionsOpen { get; init; }

    public RoomPolicy ApplyTo(RoomPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new RoomPolicy(
            Speak ?? policy.Speak,
            RequestsOpen ?? policy.RequestsOpen,
            Visibility ?? policy.Visibility,
            SpeakersMax ?? policy.SpeakersMax,
            PeopleMax ?? policy.PeopleMax,
            CoHostsMax ?? policy.CoHostsMax,
            AnonymousListening ?? policy.AnonymousListening,
            TurnSeconds ?? policy.TurnSeconds,
            OnHostLeft ?? policy.OnHostLeft,
            GraceSeconds ?? policy.GraceSeconds,
            ReactionsOpen ?? policy.ReactionsOpen
        );
    }
}
