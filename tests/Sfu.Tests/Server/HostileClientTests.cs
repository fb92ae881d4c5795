using System.Text;
using Spaces.Sfu.Tests.Peer;
using Spaces.V1;
using ControlCredentials = Spaces.V1.IceCredentials;

namespace Spaces.Sfu.Tests.Server;

/// <summary>
/// Goal: a participant who has a session of their own, and lies, harms nobody else. Method: the whole process over real
/// UDP; what the liar sends under another's address is sent from that other's socket.
/// </summary>
[TestFixture]
internal sealed class HostileClientTests
{
    private static readonly SessionPermissions Speaker = new() { MayPublish = true, MaySubscribe = true };

    private readonly List<MediaClient> _clients = [];
    private SfuUnderTest _sfu = null!;

    [SetUp]
    public async Task SetUp() => _sfu = await SfuUnderTest.StartAsync(workers: 1);

    [TearDown]
    public async Task TearDown()
    {
        _clients.ForEach(client => client.Dispose());
        _clients.Clear();
        await _sfu.DisposeAsync();
    }

    [Test]
    public async Task Checks_for_a_session_in_the_name_of_anothers_address_do_not_take_it_away()
    {
        var ada = await OpenAsync(1);
        var ben = await OpenAsync(2);
        var eve = await OpenAsync(3);
        Conversation.Connect(_clients);
        Conversation.Until(() => ben.HeardSpeakers.Contains(1u), "Ben hears Ada", [ada], _clients);

        for (var seed = 1; seed <= 20; seed++)
        {
            ada.SendRaw(CheckFor(eve, seed));
        }

        var heard = ben.Heard.Count;
        Conversation.Speak(25, [ada], _clients);

        Assert.That(ben.Heard, Has.Count.GreaterThan(heard + 15));
        Assert.That(_sfu.Workers[0].Drops.TakenPath, Is.GreaterThanOrEqualTo(20));
    }

    [Test]
    public async Task However_often_a_client_restarts_ICE_the_node_keeps_two_of_its_names()
    {
        var ada = await OpenAsync(1);
        for (var i = 0; i < 20; i++)
        {
            var fresh = Protocol.Ice.IceCredentials.Generate();
            var request = new RestartIceRequest
            {
                SessionId = ada.SessionId,
                Credentials = new ControlCredentials { Ufrag = fresh.Ufrag, Password = fresh.Password },
            };
            await _sfu.Control.RestartIceAsync(request, SfuUnderTest.Authorization);
        }

        Assert.That(_sfu.Session(ada).Ufrags, Has.Count.EqualTo(2));
    }

    private static byte[] CheckFor(MediaClient client, int seed)
    {
        var (ufrag, password) = client.ServerIce;
        return Checks.Request(ufrag, "peer", Encoding.ASCII.GetBytes(password), seed);
    }

    private async Task<MediaClient> OpenAsync(uint mediaId)
    {
        var client = await _sfu.OpenAsync("room", mediaId, Speaker);
        _clients.Add(client);
        return client;
    }
}
