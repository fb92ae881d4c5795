using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Tests.Hosting;
using Identity = Spaces.Signaling.Domain.Identity;

namespace Spaces.Signaling.Tests.Cluster;

/// <summary>Goal: kill -9 of a signaling node costs nobody an event or their sound. Method: a process of its own beside
/// another node, on a real Redis.</summary>
[TestFixture]
internal sealed class KilledNodeTests
{
    /// <summary>Settings take no comma in a secret, so the processes of this test have a key of their own.</summary>
    private const string Secret = "the secret of the cluster that is long enough";

    private static readonly ApiKey Key = new("cluster", Secret);

    [Test]
    public async Task Clients_of_a_killed_node_resume_on_another_and_who_does_not_come_back_leaves()
    {
        await using var cluster = await SignalingCluster.StartAsync(
            1,
            options => options with { ApiKeys = [Key], ResumeGrace = TimeSpan.FromSeconds(8) }
        );
        var survivor = cluster[0];
        await using var doomed = await SignalingProcess.StartAsync(cluster, $"{Key.Id}:{Secret}");
        var created = await survivor.CallAsync("CreateRoom", """{"title":"A talk"}""", Token("ada"));
        var json = System.Text.Json.JsonDocument.Parse(await created.Content.ReadAsStringAsync());
        var room = json.RootElement.GetProperty("room").GetProperty("id").GetString()!;
        await using var ada = await JoinAsync(survivor.Http, room, "ada", speak: false);
        var people = new List<WebSocketTestClient>();
        for (var i = 0; i < 8; i++)
        {
            people.Add(await JoinAsync(doomed.Http, room, $"p{i}", speak: i < 4));
        }

        var sessions = people.ConvertAll(person => cluster.Media.Node.SessionOf(person.Self).SessionId);
        await RetitleAsync(survivor, room, 10);
        doomed.Kill();
        await RetitleAsync(survivor, room, 10);

        var version = (ulong)(await SignalingCluster.RoomAsync(survivor, room)).Current.Version;
        for (var i = 1; i < people.Count; i++)
        {
            await using var back = await WebSocketTestClient.ConnectAsync(survivor.Http, isJson: true);
            var resumed = await back.ResumeAsync(people[i].ResumeToken, people[i].LastEvent);
            Assert.That(resumed.MediaAlive, Is.True);
            Assert.That(cluster.Media.Node.SessionOf(back.Self).SessionId, Is.EqualTo(sessions[i]));
            for (var number = people[i].LastEvent + 1; number <= version; number++)
            {
                Assert.That((await back.EventAsync(_ => true)).Number, Is.EqualTo(number), "no gap, nothing twice");
            }
        }

        await ada.EventAsync(next => next.ParticipantGone?.ParticipantId == people[0].Self.Id);
        await Eventually.TrueAsync(() => !cluster.Media.Node.HasSessionOf(people[0].Self));
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    private static string Token(string identity, bool speak = false) =>
        AccessTokens.Issue(
            Key,
            new Identity(identity),
            identity,
            new Grants("*", Create: true, Join: true, speak, Listen: true, Admin: false),
            DateTimeOffset.UtcNow + TimeSpan.FromHours(1)
        );

    private static async Task<WebSocketTestClient> JoinAsync(Uri server, string room, string name, bool speak)
    {
        var client = await WebSocketTestClient.ConnectAsync(server, isJson: false);
        await client.JoinAsync(room, Token(name, speak));
        return client;
    }

    private static async Task RetitleAsync(SignalingHost node, string room, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var edit = new RoomCommand.Edit(new Actor(new Identity("ada")), DateTimeOffset.UtcNow) { Title = $"{i}" };
            Assert.That(await SignalingCluster.ExecuteAsync(node, room, edit), Is.Null);
        }
    }
}
