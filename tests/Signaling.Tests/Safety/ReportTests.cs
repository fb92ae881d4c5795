using System.Text.Json;
using Grpc.Core;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Safety;

/// <summary>
/// Goal: what people report reaches moderators with what happened around it, and what they decide is done.
/// </summary>
[TestFixture]
internal sealed class ReportTests
{
    private static readonly Metadata Moderator = AccountCalls.As(SignalingHost.Token("mod", moderate: true));

    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private SafetyCalls _calls = null!;
    private string _room = "";

    private ModerationService.ModerationServiceClient Moderation => _calls.Moderation;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node);
        _calls = new SafetyCalls(_host);
        _room = await _host.CreateRoomAsync("ada");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _calls.Dispose();
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task A_report_keeps_the_log_and_the_state_of_its_Space_after_the_Space_is_over()
    {
        await using var bob = await JoinAsync("bob", speak: true);
        var id = await ReportAsync("zoe", "bob");
        await _host.CallAsync("EndRoom", $$"""{"roomId":"{{_room}}"}""", SignalingHost.Token("ada"));

        var kept = await Moderation.GetReportAsync(new GetReportRequest { ReportId = id }, Moderator);

        Assert.That(kept.Report.Text, Is.EqualTo("He shouts."));
        Assert.That((kept.Report.RoomTitle, kept.Report.Reporter), Is.EqualTo(("A talk", "zoe")));
        var events = kept.Events.Select(text => JsonDocument.Parse(text).RootElement).ToArray();
        Assert.That(
            events.Select(each => each.GetProperty("number").GetInt64()),
            Is.EqualTo(Enumerable.Range(1, events.Length))
        );
        Assert.That(kept.Events[0], Does.Contain("opened"));
        Assert.That(kept.Events[^1], Does.Contain("bob"));
        var state = JsonDocument.Parse(kept.RoomState).RootElement;
        Assert.That(state.GetProperty("version").GetInt64(), Is.EqualTo(events.Length));
    }

    [Test]
    public async Task A_report_goes_from_open_to_review_to_closed_and_each_step_is_in_the_audit_record()
    {
        var first = await ReportAsync("zoe", "bob");
        var second = await ReportAsync("yan", "bob");
        Assert.That(await ListAsync(ReportState.Open), Is.EqualTo(new[] { first, second }), "oldest first");

        var assign = new AssignReportRequest { ReportId = first };
        var assigned = (await Moderation.AssignReportAsync(assign, Moderator)).Report;

        Assert.That((assigned.State, assigned.AssignedTo), Is.EqualTo((ReportState.InReview, "mod")));
        Assert.That(await ListAsync(ReportState.Open), Is.EqualTo(new[] { second }));
        Assert.That(await ListAsync(ReportState.InReview), Is.EqualTo(new[] { first }));

        var decided = await DecideAsync(first, ReportDecision.NoAction);
        Assert.That((decided.State, decided.DecidedBy), Is.EqualTo((ReportState.Closed, "mod")));
        Assert.That(await ListAsync(ReportState.Closed), Is.EqualTo(new[] { first }));
        var again = new DecideReportRequest { ReportId = first, Decision = ReportDecision.Warning };
        await AccountCalls.RefusedAsync(Moderation.DecideReportAsync(again, Moderator), StatusCode.FailedPrecondition);
        var audit = await _calls.AuditAsync();
        Assert.That(audit, Does.Contain($"mod report.assign {first}"));
        Assert.That(audit, Does.Contain($"mod report.decide {first}"));
        Assert.That(audit, Does.Contain($"mod report.decide.failed {first}"));
    }

    [Test]
    public async Task A_decision_is_carried_out_in_the_live_Space()
    {
        await using var bob = await JoinAsync("bob", speak: true);
        await using var eve = await JoinAsync("eve");

        await DecideAsync(await ReportAsync("zoe", "bob"), ReportDecision.Removed);
        await bob.GoodbyeAsync();
        Assert.That(await MayJoinAsync("bob"), Is.False);

        await DecideAsync(await ReportAsync("zoe", "eve"), ReportDecision.Suspended);
        await eve.GoodbyeAsync();
        Assert.That(await MayJoinAsync("eve"), Is.False);

        await using var zoe = await JoinAsync("zoe");
        await DecideAsync(await ReportAsync("zoe", ""), ReportDecision.Takedown);
        var ended = await zoe.EventAsync(next => next.RoomEnded is not null);
        Assert.That(ended.RoomEnded.Reason, Is.EqualTo(RoomEndReason.TakenDown));
    }

    [Test]
    public async Task Reports_are_limited_and_checked()
    {
        await RefusedAsync(new ReportRequest { Category = ReportCategory.Spam }, StatusCode.InvalidArgument);
        await RefusedAsync(Report("bob", text: new string('x', 1_001)), StatusCode.InvalidArgument);
        var uncategorized = Report("bob");
        uncategorized.Category = ReportCategory.Unspecified;
        await RefusedAsync(uncategorized, StatusCode.InvalidArgument);
        var nowhere = Report("bob");
        nowhere.RoomId = "no-such-room";
        await RefusedAsync(nowhere, StatusCode.NotFound);
        for (var i = 0; i < 10; i++)
        {
            await ReportAsync("flooder", "bob");
        }

        var refusal = await AccountCalls.RefusedAsync(
            _calls.Safety.ReportAsync(Report("bob"), SafetyCalls.As("flooder")),
            StatusCode.ResourceExhausted
        );
        Assert.That(refusal.Trailers.GetValue("grpc-retry-pushback-ms"), Is.Not.Null);

        Task RefusedAsync(ReportRequest request, StatusCode code) =>
            AccountCalls.RefusedAsync(_calls.Safety.ReportAsync(request, SafetyCalls.As("zoe")), code);
    }

    private ReportRequest Report(string identity, string text = "He shouts.") =>
        new()
        {
            Identity = identity,
            RoomId = _room,
            Category = ReportCategory.Harassment,
            Text = text,
        };

    private async Task<string> ReportAsync(string reporter, string identity) =>
        (await _calls.Safety.ReportAsync(Report(identity), SafetyCalls.As(reporter))).ReportId;

    private async Task<Report> DecideAsync(string id, ReportDecision decision) =>
        (
            await Moderation.DecideReportAsync(
                new DecideReportRequest { ReportId = id, Decision = decision },
                Moderator
            )
        ).Report;

    private async Task<string[]> ListAsync(ReportState state)
    {
        var page = await Moderation.ListReportsAsync(new ListReportsRequest { State = state }, Moderator);
        return [.. page.Reports.Select(report => report.Id)];
    }

    private async Task<TestClient> JoinAsync(string identity, bool speak = false)
    {
        var client = await TestClient.ConnectAsync(_host, Wire.Protobuf);
        await client.JoinAsync(_room, SignalingHost.Token(identity, speak: speak));
        return client;
    }

    private async Task<bool> MayJoinAsync(string identity)
    {
        await using var client = await TestClient.ConnectAsync(_host, Wire.Grpc);
        var join = new Join { RoomId = _room, Token = SignalingHost.Token(identity) };
        return (await client.AskAsync(new ClientMessage { Join = join })).Joined is not null;
    }
}
