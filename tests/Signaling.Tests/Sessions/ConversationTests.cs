using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>The same dialogues over every transport, against a real server and a real media control service.</summary>
[TestFixture(Wire.Json)]
[TestFixture(Wire.Protobuf)]
[TestFixture(Wire.Grpc)]
internal sealed class ConversationTests(Wire wire)
{
    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _server = await SignalingHost.StartAsync(_node);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task One_round_trip_leads_from_nothing_into_the_room()
    {
        var room = await _server.CreateRoomAsync("ada");
        await using var ada = await TestClient.ConnectAsync(_server, wire);

        var joined = await ada.JoinAsync(room, SignalingHost.Token("ada"), offer: "ada's offer");

        Assert.Multiple(() =>
        {
            Assert.That(joined.SdpAnswer, Is.EqualTo("answer to ada's offer"));
            Assert.That(joined.Self.Role, Is.EqualTo(Role.Host));
            Assert.That(joined.Room.Stage, Is.EqualTo([joined.Self]));
            Assert.That(joined.Room.Room.HostIdentity, Is.EqualTo("ada"));
            Assert.That(joined.Room.Room.Version, Is.EqualTo(2));
            Assert.That(joined.PingIntervalMs, Is.EqualTo(10_000));
            Assert.That(
                _node.Node.SessionOf(joined.Self).Permissions,
                Is.EqualTo(new SessionPermissions { MayPublish = true, MaySubscribe = true })
            );
        });
    }

    [Test]
    public async Task A_listener_hears_and_is_heard_by_nobody_until_the_host_gives_the_word()
    {
        await using var ada = await HostAsync();
        await using var bob = await JoinAsync(ada.RoomId, "bob");
        Assert.That(bob.Self.Role, Is.EqualTo(Role.Listener));
        Assert.That(Permissions(bob), Is.EqualTo(new SessionPermissions { MaySubscribe = true }));

        await bob.DoneAsync(new ClientMessage { RaiseHand = new RaiseHand { Raised = true } });
        await ada.ParticipantChangedAsync(bob.Self.Id, participant => participant.HandRaised);
        await ada.DoneAsync(Give(bob, Role.Speaker));
        Assert.That(Permissions(bob).MayPublish, Is.True, "in force when done arrives");
        var seen = await bob.ParticipantChangedAsync(bob.Self.Id, participant => participant.Role == Role.Speaker);
        Assert.That(seen.ParticipantChanged.HandRaised, Is.False);

        await ada.DoneAsync(Give(bob, Role.Listener));
        Assert.That(Permissions(bob).MayPublish, Is.False, "in force when done arrives");
        await bob.EventAsync(next => next.ParticipantGone?.ParticipantId == bob.Self.Id);
    }

    [Test]
    public async Task Muting_oneself_reaches_the_media_node_and_the_stage()
    {
        await using var ada = await HostAsync();

        await ada.DoneAsync(new ClientMessage { SetMuted = new SetMuted { Muted = true } });

        Assert.That(
            Permissions(ada),
            Is.EqualTo(
                new SessionPermissions
                {
                    MayPublish = true,
                    Muted = true,
                    MaySubscribe = true,
                }
            )
        );
        await ada.ParticipantChangedAsync(ada.Self.Id, participant => participant.Muted);
    }

    [Test]
    public async Task Events_are_numbered_without_a_gap_for_everybody()
    {
        await using var ada = await HostAsync();
        await using var bob = await JoinAsync(ada.RoomId, "bob");
        var first = bob.LastEvent + 1;
        for (var i = 0; i < 5; i++)
        {
            await bob.DoneAsync(new ClientMessage { RaiseHand = new RaiseHand { Raised = i % 2 == 0 } });
        }

        for (var number = first; number < first + 5; number++)
        {
            Assert.That((await bob.EventAsync(_ => true)).Number, Is.EqualTo(number));
        }
    }

    [Test]
    public async Task The_audience_is_told_as_a_number_and_listed_by_pages()
    {
        await using var ada = await HostAsync();
        await using var bob = await JoinAsync(ada.RoomId, "bob");
        await using var cleo = await JoinAsync(ada.RoomId, "cleo");

        await ada.NextAsync(message => message.Audience is { ListenerCount: 2 });
        var first = await ada.AskAsync(new ClientMessage { ListParticipants = new ListParticipants { PageSize = 2 } });
        var rest = await ada.AskAsync(
            new ClientMessage
            {
                ListParticipants = new ListParticipants { PageSize = 2, PageToken = first.Participants.NextPageToken },
            }
        );

        string[] names =
        [
            .. first.Participants.Participants_.Concat(rest.Participants.Participants_).Select(p => p.Name),
        ];
        Assert.That(names, Is.EqualTo(["ada", "bob", "cleo"]));
        Assert.That(rest.Participants.NextPageToken, Is.Empty);
        Assert.That(ada.Unread().Any(message => message.Event is not null), Is.False, "listeners are not announced");
    }

    [Test]
    public async Task Only_the_host_decides_who_may_speak()
    {
        await using var ada = await HostAsync();
        await using var bob = await JoinAsync(ada.RoomId, "bob");

        Assert.That((await bob.RefusedAsync(Give(bob, Role.Speaker))).Code, Is.EqualTo("PERMISSION_DENIED"));
        Assert.That((await ada.RefusedAsync(Give(ada, Role.Listener))).Code, Is.EqualTo("PERMISSION_DENIED"));
        Assert.That((await ada.RefusedAsync(Give(bob, Role.Host))).Code, Is.EqualTo("INVALID_ARGUMENT"));
        var nobody = new ClientMessage
        {
            SetRole = new SetRole { ParticipantId = "nobody", Role = Role.Speaker },
        };
        Assert.That((await ada.RefusedAsync(nobody)).Code, Is.EqualTo("NOT_FOUND"));
        Assert.That(
            (await bob.RefusedAsync(new ClientMessage { EndRoom = new EndRoom() })).Code,
            Is.EqualTo("PERMISSION_DENIED")
        );
    }

    [Test]
    public async Task A_token_that_vouches_makes_a_speaker_and_the_hosts_no_outlasts_it()
    {
        await using var ada = await HostAsync();
        await using (var bob = await JoinAsync(ada.RoomId, "bob", speak: true))
        {
            Assert.That(Permissions(bob).MayPublish, Is.True);
            await ada.DoneAsync(Give(bob, Role.Listener));
            await bob.DoneAsync(new ClientMessage { Leave = new Leave() });
        }

        await using var again = await JoinAsync(ada.RoomId, "bob", speak: true);
        Assert.That(again.Self.Role, Is.EqualTo(Role.Listener));
        Assert.That(Permissions(again).MayPublish, Is.False);
    }

    [Test]
    public async Task Leaving_ends_the_media_and_says_goodbye()
    {
        await using var ada = await HostAsync();
        await using var bob = await JoinAsync(ada.RoomId, "bob", speak: true);

        await bob.DoneAsync(new ClientMessage { Leave = new Leave() });

        var goodbye = await bob.GoodbyeAsync();
        Assert.That((goodbye.Reason, goodbye.Action), Is.EqualTo((GoodbyeReason.Left, GoodbyeAction.Stop)));
        Assert.That(_node.Node.HasSessionOf(bob.Self), Is.False);
        await ada.EventAsync(next => next.ParticipantGone?.ParticipantId == bob.Self.Id);
    }

    [Test]
    public async Task Ending_the_room_says_goodbye_to_everybody_after_the_event()
    {
        await using var ada = await HostAsync();
        await using var bob = await JoinAsync(ada.RoomId, "bob");

        await ada.DoneAsync(new ClientMessage { EndRoom = new EndRoom() });

        foreach (var client in new[] { ada, bob })
        {
            await client.EventAsync(next => next.RoomEnded?.Reason == RoomEndReason.Host);
            var goodbye = await client.GoodbyeAsync();
            Assert.That((goodbye.Reason, goodbye.Action), Is.EqualTo((GoodbyeReason.RoomEnded, GoodbyeAction.Stop)));
        }

        await Eventually.TrueAsync(() => !_node.Node.HasSessionOf(ada.Self) && !_node.Node.HasSessionOf(bob.Self));
        await using var late = await TestClient.ConnectAsync(_server, wire);
        var join = new Join { RoomId = ada.RoomId, Token = SignalingHost.Token("cleo") };
        Assert.That(
            (await late.RefusedAsync(new ClientMessage { Join = join })).Code,
            Is.EqualTo("FAILED_PRECONDITION")
        );
    }

    [Test]
    public async Task A_ping_is_answered_and_ice_is_restarted_and_media_is_opened_anew()
    {
        await using var ada = await HostAsync();
        var session = _node.Node.SessionOf(ada.Self).SessionId;

        var pong = await ada.AskAsync(new ClientMessage { Ping = new Ping { Nonce = ulong.MaxValue } });
        var restarted = await ada.AskAsync(new ClientMessage { RestartIce = new RestartIce { SdpOffer = "new ice" } });
        var opened = await ada.AskAsync(new ClientMessage { OpenMedia = new OpenMedia { SdpOffer = "anew" } });

        Assert.Multiple(() =>
        {
            Assert.That(pong.Pong.Nonce, Is.EqualTo(ulong.MaxValue));
            Assert.That(restarted.IceRestarted.SdpAnswer, Is.EqualTo("restarted with new ice"));
            Assert.That(opened.MediaOpened.SdpAnswer, Is.EqualTo("answer to anew"));
            Assert.That(_node.Node.Sessions.ContainsKey(session), Is.False, "the session before is closed");
            Assert.That(Permissions(ada).MayPublish, Is.True);
        });
    }

    [Test]
    public async Task The_newer_connection_of_an_account_takes_over_and_there_are_never_two_publishers()
    {
        await using var first = await HostAsync();
        var before = _node.Node.SessionOf(first.Self).SessionId;
        await using var second = await TestClient.ConnectAsync(_server, wire);

        await second.JoinAsync(first.RoomId, SignalingHost.Token("ada"));

        var goodbye = await first.GoodbyeAsync();
        Assert.That((goodbye.Reason, goodbye.Action), Is.EqualTo((GoodbyeReason.Replaced, GoodbyeAction.Stop)));
        Assert.That(second.Self.Id, Is.EqualTo(first.Self.Id));
        await Eventually.TrueAsync(() => Permissions(second).MayPublish);
        var after = _node.Node.SessionOf(second.Self).SessionId;
        string[] calls =
        [
            .. _node.Node.Calls.Where(call =>
                call.EndsWith(before, StringComparison.Ordinal) || call.EndsWith(after, StringComparison.Ordinal)
            ),
        ];
        Assert.That(calls, Is.EqualTo([$"open {before}", $"open {after}", $"close {before}", $"permit {after}"]));

        await using var returning = await TestClient.ConnectAsync(_server, wire);
        var resume = new ClientMessage { Resume = new Resume { ResumeToken = first.ResumeToken } };
        Assert.That((await returning.RefusedAsync(resume)).Code, Is.EqualTo("NOT_FOUND"));
    }

    [Test]
    public async Task A_token_of_another_room_expired_or_without_the_grant_opens_nothing()
    {
        await using var ada = await HostAsync();
        (string Token, string Code)[] cases =
        [
            (SignalingHost.Token("eve", room: "another"), "PERMISSION_DENIED"),
            (SignalingHost.Token("eve", join: false), "PERMISSION_DENIED"),
            (SignalingHost.Token("eve", lifetime: TimeSpan.FromMinutes(-2)), "UNAUTHENTICATED"),
            (SignalingHost.Token("eve") + "x", "UNAUTHENTICATED"),
            ("", "UNAUTHENTICATED"),
        ];
        foreach (var (token, code) in cases)
        {
            await using var eve = await TestClient.ConnectAsync(_server, wire);
            var join = new ClientMessage
            {
                Join = new Join
                {
                    RoomId = ada.RoomId,
                    Token = token,
                    SdpOffer = "x",
                },
            };
            Assert.That((await eve.RefusedAsync(join)).Code, Is.EqualTo(code));
            Assert.That((await eve.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.Refused));
        }
    }

    [Test]
    public async Task A_token_for_one_room_opens_that_room()
    {
        await using var ada = await HostAsync();
        await using var bob = await TestClient.ConnectAsync(_server, wire);

        await bob.JoinAsync(ada.RoomId, SignalingHost.Token("bob", room: ada.RoomId, listen: false));

        Assert.That(Permissions(bob), Is.EqualTo(new SessionPermissions()), "without listen one does not hear");
    }

    [TestCase("")]
    [TestCase("no/such room")]
    [TestCase("{braces}")]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_room_that_is_not_there_is_refused(string room)
    {
        await using var eve = await TestClient.ConnectAsync(_server, wire);

        var join = new ClientMessage
        {
            Join = new Join { RoomId = room, Token = SignalingHost.Token("eve") },
        };

        Assert.That((await eve.RefusedAsync(join)).Code, Is.EqualTo("NOT_FOUND").Or.EqualTo("PERMISSION_DENIED"));
    }

    [Test]
    public async Task Requests_that_make_no_sense_are_refused_and_the_connection_goes_on()
    {
        await using var ada = await HostAsync();

        Assert.That((await ada.RefusedAsync(new ClientMessage())).Code, Is.EqualTo("INVALID_ARGUMENT"));
        Assert.That(
            (await ada.RefusedAsync(new ClientMessage { OpenMedia = new OpenMedia() })).Code,
            Is.EqualTo("INVALID_ARGUMENT")
        );
        Assert.That(
            (await ada.RefusedAsync(new ClientMessage { Join = new Join() })).Code,
            Is.EqualTo("FAILED_PRECONDITION")
        );
        var page = new ClientMessage { ListParticipants = new ListParticipants { PageToken = "x" } };
        Assert.That((await ada.RefusedAsync(page)).Code, Is.EqualTo("INVALID_ARGUMENT"));
        await ada.SendAsync(new ClientMessage { Ping = new Ping() });
        Assert.That((await ada.NextAsync(message => message.Refused is not null)).ReplyTo, Is.Zero);
        Assert.That((await ada.AskAsync(new ClientMessage { Ping = new Ping() })).Pong, Is.Not.Null);
    }

    [Test]
    public async Task An_offer_that_the_node_refuses_is_refused_in_its_words_and_nobody_has_joined()
    {
        await using var ada = await HostAsync();
        _node.Node.OpenSessionFails = new(
            global::Grpc.Core.StatusCode.InvalidArgument,
            "The offer has a video m-line."
        );
        try
        {
            await using var bob = await TestClient.ConnectAsync(_server, wire);
            var join = new Join
            {
                RoomId = ada.RoomId,
                Token = SignalingHost.Token("bob"),
                SdpOffer = "video",
            };

            var refused = await bob.RefusedAsync(new ClientMessage { Join = join });

            Assert.That(
                (refused.Code, refused.Message),
                Is.EqualTo(("INVALID_ARGUMENT", "The offer has a video m-line."))
            );
        }
        finally
        {
            _node.Node.OpenSessionFails = null;
        }

        var list = await ada.AskAsync(new ClientMessage { ListParticipants = new ListParticipants() });
        Assert.That(list.Participants.Participants_, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Without_an_offer_one_takes_part_and_opens_media_later()
    {
        await using var ada = await HostAsync();
        await using var bob = await TestClient.ConnectAsync(_server, wire);
        var joined = await bob.JoinAsync(ada.RoomId, SignalingHost.Token("bob"), offer: "");
        Assert.That(joined.SdpAnswer, Is.Empty);
        await ada.DoneAsync(Give(bob, Role.Speaker));

        var opened = await bob.AskAsync(new ClientMessage { OpenMedia = new OpenMedia { SdpOffer = "later" } });

        Assert.That(opened.MediaOpened.SdpAnswer, Is.EqualTo("answer to later"));
        Assert.That(Permissions(bob).MayPublish, Is.True);
    }

    private static ClientMessage Give(TestClient client, Role role) =>
        new()
        {
            SetRole = new SetRole { ParticipantId = client.Self.Id, Role = role },
        };

    private SessionPermissions Permissions(TestClient client) => _node.Node.SessionOf(client.Self).Permissions;

    private async Task<TestClient> HostAsync() => await JoinAsync(await _server.CreateRoomAsync("ada"), "ada");

    private async Task<TestClient> JoinAsync(string room, string identity, bool speak = false)
    {
        var client = await TestClient.ConnectAsync(_server, wire);
        await client.JoinAsync(room, SignalingHost.Token(identity, speak: speak));
        return client;
    }
}
