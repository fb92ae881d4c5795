using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>
/// Every request about the stage over every transport: what the asker is answered, what everybody sees, and what the
/// media node was told by then.
/// </summary>
[TestFixture(Wire.Json)]
[TestFixture(Wire.Protobuf)]
[TestFixture(Wire.Grpc)]
internal sealed class StageConversationTests(Wire wire)
{
    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;
    private TestClient _ada = null!;
    private TestClient _bob = null!;

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

    [SetUp]
    public async Task JoinAsync()
    {
        var room = await _server.CreateRoomAsync("ada");
        _ada = await JoinAsync(room, "ada");
        _bob = await JoinAsync(room, "bob");
    }

    [TearDown]
    public async Task LeaveAsync()
    {
        await _ada.DisposeAsync();
        await _bob.DisposeAsync();
    }

    [Test]
    public async Task Hands_queue_in_the_order_they_were_raised_and_host_and_owner_lower_them()
    {
        await using var cleo = await JoinAsync(_ada.RoomId, "cleo");
        await cleo.DoneAsync(Raise());
        await _bob.DoneAsync(Raise());
        var first = await _ada.ParticipantChangedAsync(cleo.Self.Id, person => person.HandRaised);
        var second = await _ada.ParticipantChangedAsync(_bob.Self.Id, person => person.HandRaised);
        Assert.That(second.ParticipantChanged.HandNumber, Is.GreaterThan(first.ParticipantChanged.HandNumber));
        var queue = await _ada.AskAsync(
            new ClientMessage { ListParticipants = new ListParticipants { Filter = ParticipantFilter.Hands } }
        );
        Assert.That(queue.Participants.Participants_.Select(person => person.Name), Is.EqualTo(["cleo", "bob"]));

        await _ada.DoneAsync(new ClientMessage { LowerHand = new LowerHandRequest { ParticipantId = cleo.Self.Id } });
        await cleo.EventAsync(next => next.ParticipantGone?.ParticipantId == cleo.Self.Id);
        await cleo.DoneAsync(Raise());
        await _ada.DoneAsync(new ClientMessage { LowerHand = new LowerHandRequest { Everybody = true } });
        await _ada.EventAsync(next => next.ParticipantGone?.ParticipantId == _bob.Self.Id);

        Assert.That(
            (await _bob.RefusedAsync(new ClientMessage { LowerHand = new LowerHandRequest { Everybody = true } })).Code,
            Is.EqualTo("PERMISSION_DENIED")
        );
    }

    [Test]
    public async Task An_invitation_is_accepted_or_declined_or_taken_back()
    {
        var invite = new ClientMessage { InviteToSpeak = new InviteToSpeakRequest { ParticipantId = _bob.Self.Id } };
        await _ada.DoneAsync(invite.Clone());
        await _bob.ParticipantChangedAsync(_bob.Self.Id, person => person.InvitedToSpeak);
        await _bob.DoneAsync(Answer(accept: false));
        await _ada.EventAsync(next => next.ParticipantGone?.ParticipantId == _bob.Self.Id);
        Assert.That((await _bob.RefusedAsync(Answer(accept: true))).Code, Is.EqualTo("PERMISSION_DENIED"));

        await _ada.DoneAsync(invite.Clone());
        await _ada.DoneAsync(
            new ClientMessage
            {
                InviteToSpeak = new InviteToSpeakRequest { Identity = "bob", Withdraw = true },
            }
        );
        await _bob.RefusedAsync(Answer(accept: true));

        await _ada.DoneAsync(invite.Clone());
        await _bob.DoneAsync(Answer(accept: true));

        Assert.That(Permissions(_bob).MayPublish, Is.True, "in force when done arrives");
        await _ada.ParticipantChangedAsync(_bob.Self.Id, person => person.Role == Role.Speaker);
    }

    [Test]
    public async Task Muting_others_holds_on_the_media_node_and_only_they_unmute()
    {
        await GiveTheWordAsync(_bob);

        await _ada.DoneAsync(
            new ClientMessage { MuteParticipant = new MuteParticipantRequest { ParticipantId = _bob.Self.Id } }
        );
        Assert.That(Permissions(_bob).Muted, Is.True, "in force when done arrives");
        await _bob.ParticipantChangedAsync(_bob.Self.Id, person => person.Muted);

        await _ada.DoneAsync(
            new ClientMessage { AskToUnmute = new AskToUnmuteRequest { ParticipantId = _bob.Self.Id } }
        );
        var asked = await _bob.NextAsync(message => message.AskedToUnmute is not null);
        Assert.That(asked.AskedToUnmute.ByName, Is.EqualTo("ada"));
        Assert.That(Permissions(_bob).Muted, Is.True, "nothing is forced");

        await _bob.DoneAsync(new ClientMessage { SetMuted = new SetMuted { Muted = false } });
        Assert.That(Permissions(_bob).Muted, Is.False);

        await _ada.DoneAsync(new ClientMessage { MuteAll = new MuteAllRequest() });
        Assert.That((Permissions(_bob).Muted, Permissions(_ada).Muted), Is.EqualTo((true, false)));
        Assert.That(_ada.Unread().Any(message => message.AskedToUnmute is not null), Is.False, "told to one alone");
    }

    [Test]
    public async Task Who_is_suppressed_cannot_unmute_until_that_is_lifted()
    {
        await GiveTheWordAsync(_bob);
        var suppress = new ClientMessage
        {
            Suppress = new SuppressRequest { Identity = "bob", Suppressed = true },
        };

        await _ada.DoneAsync(suppress);

        Assert.That(Permissions(_bob).Muted, Is.True, "in force when done arrives");
        var refused = await _bob.RefusedAsync(new ClientMessage { SetMuted = new SetMuted { Muted = false } });
        Assert.That(refused.Code, Is.EqualTo("PERMISSION_DENIED"));
        Assert.That(Permissions(_bob).Muted, Is.True);
        await _bob.ParticipantChangedAsync(_bob.Self.Id, person => person is { Suppressed: true, Muted: true });

        await _ada.DoneAsync(
            new ClientMessage
            {
                Suppress = new SuppressRequest { ParticipantId = _bob.Self.Id, Suppressed = false },
            }
        );
        Assert.That(Permissions(_bob).Muted, Is.True, "nobody is unmuted by another");
        await _bob.DoneAsync(new ClientMessage { SetMuted = new SetMuted { Muted = false } });
        Assert.That(Permissions(_bob).Muted, Is.False);
    }

    [Test]
    public async Task A_co_host_helps_and_does_not_touch_the_host()
    {
        await using var cleo = await JoinAsync(_ada.RoomId, "cleo");
        await _ada.DoneAsync(
            new ClientMessage { AppointCoHost = new AppointCoHostRequest { ParticipantId = _bob.Self.Id } }
        );
        await _bob.ParticipantChangedAsync(_bob.Self.Id, person => person.Role == Role.CoHost);
        Assert.That(Permissions(_bob).MayPublish, Is.True);

        await GiveTheWordAsync(cleo, by: _bob);
        var mute = new ClientMessage { MuteParticipant = new MuteParticipantRequest { Identity = "ada" } };
        Assert.That((await _bob.RefusedAsync(mute)).Code, Is.EqualTo("PERMISSION_DENIED"));
        Assert.That(
            (await _bob.RefusedAsync(new ClientMessage { EndRoom = new EndRoom() })).Code,
            Is.EqualTo("PERMISSION_DENIED")
        );

        await _ada.DoneAsync(new ClientMessage { DismissCoHost = new DismissCoHostRequest { Identity = "bob" } });
        await _bob.ParticipantChangedAsync(_bob.Self.Id, person => person.Role == Role.Speaker);
        var refused = await _bob.RefusedAsync(new ClientMessage { MuteAll = new MuteAllRequest() });
        Assert.That(refused.Code, Is.EqualTo("PERMISSION_DENIED"));
    }

    [Test]
    public async Task Handing_over_makes_another_host_and_the_host_a_co_host()
    {
        await _ada.DoneAsync(new ClientMessage { SetHeirs = new SetHeirsRequest { Identities = { "bob", "cleo" } } });
        var named = await _bob.EventAsync(next => next.RoomChanged is not null);
        Assert.That(named.RoomChanged.Heirs, Is.EqualTo(["bob", "cleo"]));

        await _ada.DoneAsync(new ClientMessage { HandOver = new HandOverRequest { ParticipantId = _bob.Self.Id } });

        var changed = await _ada.EventAsync(next => next.RoomChanged?.HostIdentity == "bob");
        Assert.That(changed.RoomChanged.CoHosts, Is.EqualTo(["ada"]));
        await _ada.ParticipantChangedAsync(_ada.Self.Id, person => person.Role == Role.CoHost);
        await _ada.ParticipantChangedAsync(_bob.Self.Id, person => person.Role == Role.Host);
        await _bob.DoneAsync(new ClientMessage { EndRoom = new EndRoom() });
    }

    [Test]
    public async Task The_room_is_changed_live_and_as_a_whole_or_not_at_all()
    {
        await _ada.DoneAsync(
            new ClientMessage
            {
                UpdateRoom = new UpdateRoomRequest
                {
                    Title = "Better",
                    Description = "Two\nlines",
                    Topics = new TopicList { Topics = { "Jazz" } },
                    Policy = new RoomPolicy { SpeakPolicy = SpeakPolicy.Everyone, SpeakersMax = 4 },
                },
            }
        );
        var changed = await _bob.EventAsync(next => next.RoomChanged?.Policy.SpeakersMax == 4);
        Assert.That(changed.RoomChanged.Title, Is.EqualTo("Better"));
        Assert.That(changed.RoomChanged.Policy.TurnSeconds, Is.Zero, "what is not named stays");

        await _bob.DoneAsync(Raise());
        Assert.That(Permissions(_bob).MayPublish, Is.True, "everyone may: asking is enough");

        var refused = await _ada.RefusedAsync(
            new ClientMessage
            {
                UpdateRoom = new UpdateRoomRequest
                {
                    Title = "Not this",
                    Policy = new RoomPolicy { SpeakersMax = 101 },
                },
            }
        );
        Assert.That(refused.Code, Is.EqualTo("INVALID_ARGUMENT"));
        var nothing = await _ada.RefusedAsync(new ClientMessage { UpdateRoom = new UpdateRoomRequest() });
        Assert.That(nothing.Code, Is.EqualTo("INVALID_ARGUMENT"));
        Assert.That((await GetRoomAsync()).Title, Is.EqualTo("Better"));
    }

    [Test]
    public async Task A_speaker_shares_a_post_and_the_host_takes_it_down()
    {
        var share = new ClientMessage
        {
            SharePost = new SharePost
            {
                Url = "https://example.org/1",
                Author = "Eve",
                Text = "Look",
            },
        };
        Assert.That((await _bob.RefusedAsync(share.Clone())).Code, Is.EqualTo("PERMISSION_DENIED"));
        await GiveTheWordAsync(_bob);

        await _bob.DoneAsync(share.Clone());

        var shared = (await _ada.EventAsync(next => next.PostShared is not null)).PostShared;
        Assert.That((shared.Author, shared.SharedByIdentity), Is.EqualTo(("Eve", "bob")));
        await using var late = await TestClient.ConnectAsync(_server, wire);
        var joined = await late.JoinAsync(_ada.RoomId, SignalingHost.Token("late"));
        Assert.That(joined.Room.Posts.Select(post => post.Id), Is.EqualTo([shared.Id]));
        await _ada.DoneAsync(new ClientMessage { TakeDownPost = new TakeDownPostRequest { PostId = shared.Id } });
        await _bob.EventAsync(next => next.PostTakenDown?.PostId == shared.Id);
        var unsafeShare = new ClientMessage
        {
            SharePost = new SharePost { Url = "http://example.org/1", Author = "Eve" },
        };
        Assert.That((await _bob.RefusedAsync(unsafeShare)).Code, Is.EqualTo("INVALID_ARGUMENT"));
    }

    [Test]
    public async Task Reactions_are_seen_by_everybody_within_a_second()
    {
        var sent = TimeProvider.System.GetTimestamp();

        await _bob.DoneAsync(new ClientMessage { React = new React { Reaction = Reaction.Clap } });

        foreach (var client in new[] { _ada, _bob })
        {
            var seen = await client.NextAsync(message => message.Reactions is not null);
            Assert.That(seen.Reactions.Counts.Single().Reaction, Is.EqualTo(Reaction.Clap));
            Assert.That(seen.Reactions.Senders.Single().Name, Is.EqualTo("bob"));
        }

        Assert.That(TimeProvider.System.GetElapsedTime(sent), Is.LessThan(TimeSpan.FromSeconds(1)));
        var none = await _bob.RefusedAsync(new ClientMessage { React = new React() });
        Assert.That(none.Code, Is.EqualTo("INVALID_ARGUMENT"));
    }

    [Test]
    public async Task A_request_of_another_room_or_about_nobody_is_refused()
    {
        var elsewhere = new ClientMessage { MuteAll = new MuteAllRequest { RoomId = "another" } };
        Assert.That((await _ada.RefusedAsync(elsewhere)).Code, Is.EqualTo("INVALID_ARGUMENT"));
        var nobody = new ClientMessage { MuteParticipant = new MuteParticipantRequest() };
        Assert.That((await _ada.RefusedAsync(nobody)).Code, Is.EqualTo("INVALID_ARGUMENT"));
        var stranger = new ClientMessage { RemoveParticipant = new RemoveParticipantRequest { Identity = "zoe" } };
        Assert.That((await _ada.RefusedAsync(stranger)).Code, Is.EqualTo("NOT_FOUND"));
    }

    [Test]
    public async Task Whoever_has_no_right_learns_nothing_of_who_is_here()
    {
        foreach (var identity in new[] { "ada", "zoe" })
        {
            var remove = new ClientMessage { RemoveParticipant = new RemoveParticipantRequest { Identity = identity } };
            Assert.That((await _bob.RefusedAsync(remove)).Code, Is.EqualTo("PERMISSION_DENIED"), identity);
        }
    }

    private static ClientMessage Raise() => new() { RaiseHand = new RaiseHand { Raised = true } };

    private static ClientMessage Answer(bool accept) =>
        new() { AnswerInvitation = new AnswerInvitation { Accept = accept } };

    private Task GiveTheWordAsync(TestClient client, TestClient? by = null) =>
        (by ?? _ada).DoneAsync(
            new ClientMessage
            {
                SetRole = new SetRole { ParticipantId = client.Self.Id, Role = Role.Speaker },
            }
        );

    private SessionPermissions Permissions(TestClient client) => _node.Node.SessionOf(client.Self).Permissions;

    private async Task<TestClient> JoinAsync(string room, string identity)
    {
        var client = await TestClient.ConnectAsync(_server, wire);
        await client.JoinAsync(room, SignalingHost.Token(identity));
        return client;
    }

    private async Task<Room> GetRoomAsync()
    {
        var response = await _server.CallAsync(
            "GetRoom",
            $$"""{"roomId":"{{_ada.RoomId}}"}""",
            SignalingHost.Token("ada")
        );
        var json = await response.Content.ReadAsStringAsync();
        return Google.Protobuf.JsonParser.Default.Parse<GetRoomResponse>(json).Room;
    }
}
