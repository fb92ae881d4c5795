using System.Globalization;
using System.Reflection;
using Spaces.Architecture.Api;

namespace Spaces.Architecture;

/// <summary>The limits that the .proto files name are those that the servers keep to.</summary>
[TestFixture]
public sealed class ApiLimitTests
{
    private const string Domain = "Spaces.Signaling.Domain";
    private const string Signaling = "Spaces.Signaling.Server";
    private const string Sfu = "Spaces.Sfu.Server";

    private static readonly Dictionary<string, string> Comments = ApiDescriptors
        .Ours(ApiDescriptors.ReadCurrent())
        .SelectMany(CommentedElement.Of)
        .DistinctBy(element => element.Name)
        .ToDictionary(element => element.Name, element => element.Comment);

    [TestCase("Room.id", "1-{0} characters", Domain, "RoomId.LengthMax")]
    [TestCase("Room.title", "1-{0} characters", Domain, "RoomText.TitleLengthMax")]
    [TestCase("CreateRoomRequest.title", "1-{0} characters", Domain, "RoomText.TitleLengthMax")]
    [TestCase("Room.host_name", "1-{0} characters", Domain, "RoomText.NameLengthMax")]
    [TestCase("Participant.name", "1-{0} characters", Domain, "RoomText.NameLengthMax")]
    [TestCase("Participant.identity", "1-{0} characters", Domain, "Identity.LengthMax")]
    [TestCase("Join.token", "at most {0} characters", Signaling, "Access.AccessTokens.LengthMax")]
    [TestCase("Join.client", "at most {0} characters", Signaling, "Sessions.EntryRequests.ClientLengthMax")]
    [TestCase("Resumed.room", "more than {0}", Signaling, "Sessions.EntryRequests.ReplayMax")]
    [TestCase("SignalingService", "{0} at once", Signaling, "Sessions.RequestBudget.Burst")]
    [TestCase("SignalingService", "{0} a second", Signaling, "Sessions.RequestBudget.PerSecond")]
    [TestCase("SignalingService", "counts {0} times", Signaling, "Sessions.RequestBudget.CostOfChange")]
    [TestCase("SignalingService", "{0} refusals in a row", Signaling, "Sessions.RequestBudget.RefusedMax")]
    [TestCase("SignalingService", "at most {0} KiB", Signaling, "WebSockets.MessageCodec.MessageLengthMax", 1024)]
    [TestCase("Join.sdp_offer", "At most {0} KiB", Signaling, "Media.ParticipantMedia.OfferLengthMax", 1024)]
    [TestCase("ListRoomsRequest.page_size", "1-{0} 0 means", Signaling, "Rooms.RoomLists.PageSizeMax")]
    [TestCase("ListRoomsRequest.page_size", "0 means {0}", Signaling, "Rooms.RoomLists.PageSizeDefault")]
    [TestCase("CreateRoomRequest.description", "0-{0} characters", Domain, "RoomText.DescriptionLengthMax")]
    [TestCase("CreateRoomRequest.topics", "1-{0} characters", Domain, "RoomText.TopicLengthMax")]
    [TestCase("CreateRoomRequest.topics", "0-{0} of them", Domain, "RoomText.TopicsMax")]
    [TestCase("TopicList.topics", "0-{0} of them", Domain, "RoomText.TopicsMax")]
    [TestCase("RoomPolicy.speakers_max", "1-{0}", Domain, "RoomPolicy.SpeakersLimit")]
    [TestCase("RoomPolicy.people_max", "2-{0}", Domain, "RoomPolicy.PeopleLimit")]
    [TestCase("RoomPolicy.co_hosts_max", "0-{0}", Domain, "RoomPolicy.CoHostsLimit")]
    [TestCase("RoomPolicy.turn_seconds", "{0}-3600 s", Domain, "RoomPolicy.TurnSecondsMin")]
    [TestCase("RoomPolicy.turn_seconds", "15-{0} s", Domain, "RoomPolicy.TurnSecondsLimit")]
    [TestCase("RoomPolicy.grace_seconds", "0-{0} s", Domain, "RoomPolicy.GraceSecondsLimit")]
    [TestCase("SetHeirsRequest.identities", "0-{0} by", Domain, "RoomHosts.HeirsMax")]
    [TestCase("SharePost.url", "1-{0} characters", Domain, "RoomPosts.UrlLengthMax")]
    [TestCase("SharePost.text", "0-{0} characters", Domain, "RoomPosts.TextLengthMax")]
    [TestCase("RoomSnapshot.posts", "last {0}", Domain, "RoomPosts.PostsMax")]
    [TestCase("StageService.BanAccount", "{0} accounts", Domain, "Room.DecisionsMax")]
    [TestCase("OpenSessionRequest.session_id", "1-{0} characters", Sfu, "Control.MediaControlService.IdLengthMax")]
    [TestCase("OpenSessionRequest.sdp_offer", "to {0} KiB", Sfu, "Control.MediaControlService.OfferLengthMax", 1024)]
    [TestCase("OpenSessionRequest.context", "{0} KiB", Sfu, "Control.MediaControlService.ContextLengthMax", 1024)]
    public void A_documented_limit_is_the_one_in_force(
        string element,
        string phrase,
        string assembly,
        string constant,
        int unit = 1
    )
    {
        var value = Constant(assembly, constant) / unit;
        var text = string.Format(CultureInfo.InvariantCulture, phrase, value);

        Assert.That(
            Comments[element].Replace(",", "", StringComparison.Ordinal),
            Does.Contain(text),
            $"{constant} of {assembly} has another value."
        );
    }

    private static int Constant(string assembly, string name)
    {
        var dot = name.LastIndexOf('.');
        const BindingFlags any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var field = Assembly.Load(assembly).GetType($"{assembly}.{name[..dot]}")?.GetField(name[(dot + 1)..], any);
        return field?.GetRawConstantValue() as int?
            ?? throw new InvalidOperationException(
                $"{assembly} has no constant {name} any more. Name the one in its place."
            );
    }
}
