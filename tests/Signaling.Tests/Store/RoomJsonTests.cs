using System.Text.Json;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Store;

/// <summary>What was stored once can be read for ever: texts as the first release wrote them.</summary>
[TestFixture]
internal sealed class RoomJsonTests
{
    private const string At = "2026-11-21T08:00:00+00:00";

    private const string Ada = """{"id":"a1","identity":"ada","name":"Ada","mediaId":17,"muted":false}""";

    private const string Bob = """{"id":"b1","identity":"bob","name":"Bob","mediaId":18,"muted":true}""";
    private const string Cleo = """{"id":"c1","identity":"cleo","name":"Cleo","mediaId":19,"muted":false}""";

    private static readonly string OfEvents = $$"""
        {"version":1,"room":"r","from":0,"events":[
          {"type":"opened","title":"A talk","host":"ada","hostName":"Ada","at":"{{At}}"},
          {"type":"stageChanged","member":{"person":{{Ada}},"role":4,"handRaised":false,"connected":true},
           "decision":null,"at":"{{At}}"},
          {"type":"stageChanged","member":{"person":{{Bob}},"role":1,"handRaised":true,"connected":true},
           "decision":null,"at":"{{At}}"},
          {"type":"stageChanged","member":{"person":{{Cleo}},"role":1,"handRaised":true,"connected":true},
           "decision":null,"at":"{{At}}"},
          {"type":"stageChanged","member":{"person":{{Bob}},"role":1,"handRaised":true,"connected":false},
           "decision":null,"at":"{{At}}"},
          {"type":"titleChanged","title":"Another talk","at":"{{At}}"},
          {"type":"stageLeft","participant":"d1","decision":{"identity":"dan","role":1},"at":"{{At}}"}
        ],"state":null}
        """;

    private static readonly string OfState = $$$"""
        {"version":1,"room":"r","from":7,"events":[],"state":
          {"id":"r","title":"Another talk","host":"ada","hostName":"Ada","state":2,"createdAt":"{{{At}}}",
           "endedAt":null,"endReason":null,"version":7,"stage":[
             {"person":{{{Ada}}},"role":4,"handRaised":false,"connected":true},
             {"person":{{{Bob}}},"role":1,"handRaised":true,"connected":false},
             {"person":{{{Cleo}}},"role":1,"handRaised":true,"connected":true}
           ],"decisions":{"dan":1,"eve":2}
          }}
        """;

    private static readonly string OfTheEnd = $$"""
        {"version":1,"room":"r","from":7,"events":[{"type":"ended","reason":3,"at":"{{At}}"}],"state":null}
        """;

    [Test]
    public void Events_of_the_first_release_lead_to_a_room_with_a_queue()
    {
        var room = Room.Unopened(new RoomId("r")).Apply(Read(OfEvents).Events);

        Assert.Multiple(() =>
        {
            Assert.That((room.Version, room.State, room.Title), Is.EqualTo((7, RoomState.Live, "Another talk")));
            Assert.That(room.Policy, Is.EqualTo(RoomPolicy.Default));
            Assert.That(room.Decisions[new Identity("dan")], Is.EqualTo(SpeakRight.Taken));
            Assert.That(
                room.Stage.Hands.Select(hand => (hand.Person.Name, hand.HandNumber)),
                Is.EqualTo([("Bob", 3), ("Cleo", 4)])
            );
        });
    }

    [Test]
    public void A_state_of_the_first_release_goes_on_as_before()
    {
        var room = Read(OfState).State!;
        var dan = new Person(new("d2"), new("dan"), "Dan", new(20), Muted: false);
        var raised = room.Apply(room.Decide(new RoomCommand.RaiseHand(dan, true, DateTimeOffset.UnixEpoch)).Events);

        Assert.Multiple(() =>
        {
            Assert.That(room.Stage.Hands.Select(hand => hand.HandNumber), Is.EqualTo([1, 2]));
            Assert.That(room.RoleOf(new Identity("eve"), tokenMaySpeak: false), Is.EqualTo(Role.Speaker));
            Assert.That(raised.Stage.PlaceInQueue(raised.OnStage(dan.Id)!), Is.EqualTo(3));
            Assert.That(room.Apply(Read(OfTheEnd).Events).EndReason, Is.EqualTo(RoomEndReason.Empty));
        });
    }

    [TestCase("""{"id":"r","version":1,"stage":null}""")]
    [TestCase("""{"id":"r","version":1,"coHosts":[null]}""")]
    [TestCase("""{"version":1}""")]
    public void A_damaged_state_is_no_state(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Room>(json, RoomJson.Options));

    private static JournalEntry Read(string json) => JsonSerializer.Deserialize<JournalEntry>(json, RoomJson.Options)!;
}
