using System.Text;
using System.Text.Json;
using Grpc.Core;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Admin;

/// <summary>What operators decide and people see of it, over real calls of one server.</summary>
[TestFixture]
internal sealed class AdminServiceTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private AccountCalls _calls = null!;

    private AccountService.AccountServiceClient Accounts => _calls.Accounts;

    private AdminService.AdminServiceClient Admin => _calls.Admin;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node);
        _calls = new AccountCalls(_host);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _calls.Dispose();
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Rules_are_set_with_a_version_and_judge_people_at_once()
    {
        var rules = Hosting(new CapabilityStage { Name = "known", FollowersMin = 600 });
        Assert.That((await GetRulesAsync()).Version, Is.Zero);
        Assert.That(await _calls.SetRulesAsync(rules), Is.EqualTo(1));
        await UpsertAsync(new Account { Identity = "ada", Followers = 599 });

        var refused = await HostVerdictAsync("ada");
        await UpsertAsync(new Account { Identity = "ada", Followers = 600 });
        var allowed = await HostVerdictAsync("ada");

        Assert.That(
            refused.Refusal,
            Is.EqualTo("Hosting is open to accounts with at least 600 followers; yours has 599.")
        );
        Assert.That((allowed.Allowed, allowed.Stage), Is.EqualTo((true, "known")));
        var now = await GetRulesAsync();
        Assert.That((now.Version, now.ChangedBy, now.Rules), Is.EqualTo((1ul, "operator", rules)));
        var stale = new SetCapabilityRulesRequest { Rules = rules, ExpectedVersion = 0 };
        await AccountCalls.RefusedAsync(
            Admin.SetCapabilityRulesAsync(stale, AccountCalls.Operator),
            StatusCode.Aborted
        );
    }

    [Test]
    public async Task Nobody_but_the_operator_may_do_any_of_it()
    {
        foreach (
            var caller in new[]
            {
                AccountCalls.Person("eve"),
                AccountCalls.As(SignalingHost.Token("e", "r", admin: true)),
            }
        )
        {
            var denied = StatusCode.PermissionDenied;
            await AccountCalls.RefusedAsync(Admin.GetCapabilityRulesAsync(new(), caller), denied);
            await AccountCalls.RefusedAsync(Admin.SetCapabilityRulesAsync(new(), caller), denied);
            await AccountCalls.RefusedAsync(Admin.CheckCapabilitiesAsync(new(), caller), denied);
            await AccountCalls.RefusedAsync(Admin.CreateInvitationCodesAsync(new(), caller), denied);
            await AccountCalls.RefusedAsync(Admin.ListCreatedCodesAsync(new(), caller), denied);
            await AccountCalls.RefusedAsync(Admin.RevokeInvitationCodeAsync(new(), caller), denied);
            await AccountCalls.RefusedAsync(Admin.AdjustInvitationAllowanceAsync(new(), caller), denied);
            await AccountCalls.RefusedAsync(Admin.SetInvitedAsync(new(), caller), denied);
            await AccountCalls.RefusedAsync(Admin.ListAuditAsync(new(), caller), denied);
            using var feedback = Admin.ExportFeedback(new(), caller);
            Assert.That(await StatusOfAsync(feedback.ResponseStream), Is.EqualTo(denied));
            using var audit = Admin.ExportAudit(new(), caller);
            Assert.That(await StatusOfAsync(audit.ResponseStream), Is.EqualTo(denied));
        }
    }

    [Test]
    public async Task Rules_can_be_tried_out_before_they_are_set()
    {
        await UpsertAsync(
            new Account
            {
                Identity = "ada",
                Followers = 10,
                Country = "FR",
            }
        );
        var check = new CheckCapabilitiesRequest
        {
            Account = new Account { Identity = "ada", Country = "DE" },
            Rules = Hosting(
                new CapabilityStage
                {
                    Name = "germany",
                    Countries = { "DE" },
                    FollowersMin = 10,
                }
            ),
        };

        var tried = await Admin.CheckCapabilitiesAsync(check, AccountCalls.Operator);
        check.Rules = null;
        var inForce = await Admin.CheckCapabilitiesAsync(check, AccountCalls.Operator);

        Assert.That(tried.Capabilities.Single(each => each.Capability == Capability.Host).Stage, Is.EqualTo("germany"));
        Assert.That(
            inForce.Capabilities,
            Has.Count.EqualTo(3).And.All.Matches<CapabilityVerdict?>(each => each!.Allowed)
        );
    }

    [Test]
    public async Task Every_decision_is_in_the_audit_record_with_what_was_before_and_after()
    {
        await _calls.SetRulesAsync(Hosting(new CapabilityStage { Name = "one" }));
        await _calls.SetRulesAsync(Hosting(new CapabilityStage { Name = "two" }));
        await Admin.SetInvitedAsync(
            new()
            {
                Identity = "ada",
                Purpose = InvitationPurpose.Hosting,
                Invited = true,
            },
            AccountCalls.Operator
        );
        await AccountCalls.RefusedAsync(
            Admin.RevokeInvitationCodeAsync(new() { Code = "nothing" }, AccountCalls.Operator),
            StatusCode.NotFound
        );

        var first = await Admin.ListAuditAsync(new() { PageSize = 2 }, AccountCalls.Operator);
        var rest = await Admin.ListAuditAsync(new() { PageToken = first.NextPageToken }, AccountCalls.Operator);

        AuditEntry[] entries = [.. first.Entries, .. rest.Entries];
        Assert.That(
            entries.Select(entry => entry.Action),
            Is.EqualTo([
                "invitation-code.revoke.failed",
                "invitation-code.revoke",
                "invited.set",
                "capability-rules.set",
                "capability-rules.set",
            ])
        );
        Assert.That(entries, Is.All.Matches<AuditEntry?>(entry => entry!.Actor == "operator"));
        Assert.That(entries[2].Target, Is.EqualTo("ada"));
        using var details = JsonDocument.Parse(entries[3].Details);
        Assert.That(details.RootElement.GetProperty("before").ToString(), Does.Contain("one"));
        Assert.That(details.RootElement.GetProperty("after").ToString(), Does.Contain("two"));
        using var export = Admin.ExportAudit(new() { Format = ExportFormat.Csv }, AccountCalls.Operator);
        var file = await ReadAsync(export.ResponseStream, piece => piece.Data);
        Assert.That(file, Does.StartWith("id,at,actor,action,target,details\r\n"));
        Assert.That(file.Split("\r\n"), Has.Length.EqualTo(7));
    }

    [Test]
    public async Task Feedback_is_tagged_with_the_stage_and_exported()
    {
        await _calls.SetRulesAsync(
            Hosting(
                new CapabilityStage { Name = "early", Accounts = { "ada", "bob" } },
                new() { Name = "late", Accounts = { "cy" } }
            )
        );
        await SayAsync("ada", 5, "Great,\n\"really\"");
        await SayAsync("cy", 2, "=cmd()");
        await AccountCalls.RefusedAsync(Say("eve", 1, "let me in"), StatusCode.PermissionDenied);
        await AccountCalls.RefusedAsync(Say("ada", 6, ""), StatusCode.InvalidArgument);
        await AccountCalls.RefusedAsync(Say("ada", 3, new string('a', 2_001)), StatusCode.InvalidArgument);

        using var all = Admin.ExportFeedback(new(), AccountCalls.Operator);
        var lines = (await ReadAsync(all.ResponseStream, piece => piece.Data)).TrimEnd().Split('\n');
        using var late = Admin.ExportFeedback(
            new()
            {
                Format = ExportFormat.Csv,
                Capability = Capability.Host,
                Stage = "late",
            },
            AccountCalls.Operator
        );
        var csv = await ReadAsync(late.ResponseStream, piece => piece.Data);

        Assert.That(lines, Has.Length.EqualTo(2));
        using var first = JsonDocument.Parse(lines[0]);
        Assert.That(first.RootElement.GetProperty("stage").GetString(), Is.EqualTo("early"));
        Assert.That(first.RootElement.GetProperty("capability").GetString(), Is.EqualTo("host"));
        Assert.That(first.RootElement.GetProperty("rating").GetString(), Is.EqualTo("5"));
        Assert.That(first.RootElement.GetProperty("text").GetString(), Is.EqualTo("Great,\n\"really\""));
        Assert.That(
            csv,
            Does.StartWith("id,at,capability,stage,rating,identity,text\r\n").And.EndsWith(",2,cy,'=cmd()\r\n")
        );
        await Accounts.DeleteAccountAsync(new() { Identity = "ada" }, AccountCalls.Operator);
        using var left = Admin.ExportFeedback(new(), AccountCalls.Operator);
        Assert.That(await ReadAsync(left.ResponseStream, piece => piece.Data), Does.Not.Contain("ada"));
    }

    [Test]
    public async Task Feedback_beyond_the_limit_waits()
    {
        for (var i = 0; i < 5; i++)
        {
            await SayAsync("ada", 4, "again");
        }

        var refusal = await AccountCalls.RefusedAsync(Say("ada", 4, "again"), StatusCode.ResourceExhausted);

        var wait = int.Parse(refusal.Trailers.GetValue("grpc-retry-pushback-ms")!, null);
        Assert.That(wait, Is.InRange(1, 12_000));
    }

    [Test]
    public async Task A_notice_is_shown_to_whom_it_concerns_until_they_dismiss_it()
    {
        Assert.That(await NoticesAsync("ada"), Is.Empty);
        await _calls.SetRulesAsync(
            Hosting(
                new CapabilityStage
                {
                    Name = "early",
                    Accounts = { "ada" },
                    Notice = "You can host now. Tell us!",
                },
                new CapabilityStage { Name = "silent", Accounts = { "bob" } }
            )
        );

        var notice = (await NoticesAsync("ada")).Single();
        Assert.That(notice.Title, Is.EqualTo("Hosting is open to you now"));
        Assert.That(
            (notice.Text, notice.Capability, notice.Stage),
            Is.EqualTo(("You can host now. Tell us!", "host", "early"))
        );
        Assert.That(await NoticesAsync("bob"), Is.Empty);
        Assert.That(await NoticesAsync("eve"), Is.Empty);

        await Accounts.DismissNoticeAsync(new() { NoticeId = notice.NoticeId }, AccountCalls.Person("ada"));
        Assert.That(await NoticesAsync("ada"), Is.Empty);
        await AccountCalls.RefusedAsync(
            Accounts.DismissNoticeAsync(new() { NoticeId = "host.other" }, AccountCalls.Person("ada")),
            StatusCode.NotFound
        );
    }

    [Test]
    public async Task Whoever_is_online_is_told_at_once_what_opens_to_them()
    {
        using var watch = _calls.Notifications.Watch(new(), AccountCalls.Person("ada"));
        await NextAsync(watch, next => next.Welcome is not null);

        await _calls.SetRulesAsync(
            Hosting(
                new CapabilityStage
                {
                    Name = "early",
                    Accounts = { "ada" },
                    Notice = "You can host now.",
                }
            )
        );

        var told = await NextAsync(watch, next => next.Notice is not null);
        Assert.That(told.Notice, Is.EqualTo((await NoticesAsync("ada")).Single()));
        using var later = _calls.Notifications.Watch(new(), AccountCalls.Person("ada"));
        Assert.That((await NextAsync(later, next => next.Notice is not null)).Id, Is.EqualTo(told.Id));
    }

    [Test]
    public async Task Spaces_beyond_the_limit_of_an_account_wait()
    {
        var request = new CreateRoomRequest { Title = "A talk" };
        for (var i = 0; i < 20; i++)
        {
            await _calls.Rooms.CreateRoomAsync(request, AccountCalls.Person("ada"));
        }

        var refusal = await AccountCalls.RefusedAsync(
            _calls.Rooms.CreateRoomAsync(request, AccountCalls.Person("ada")),
            StatusCode.ResourceExhausted
        );

        Assert.That(refusal.Trailers.GetValue("grpc-retry-pushback-ms"), Is.Not.Null);
        await _calls.Rooms.CreateRoomAsync(request, AccountCalls.Person("bob"));
    }

    private static async Task<Notification> NextAsync(
        AsyncServerStreamingCall<Notification> watch,
        Func<Notification, bool> wanted
    )
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        while (await watch.ResponseStream.MoveNext(patience.Token))
        {
            if (wanted(watch.ResponseStream.Current))
            {
                return watch.ResponseStream.Current;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private static CapabilityRules Hosting(params CapabilityStage[] stages) => RulesReaderTests.Rules(stages);

    private static async Task<StatusCode> StatusOfAsync<T>(IAsyncStreamReader<T> stream)
    {
        try
        {
            await stream.MoveNext(CancellationToken.None);
            return StatusCode.OK;
        }
        catch (RpcException refusal)
        {
            return refusal.StatusCode;
        }
    }

    private static async Task<string> ReadAsync<T>(
        IAsyncStreamReader<T> stream,
        Func<T, Google.Protobuf.ByteString> data
    )
    {
        var file = new List<byte>();
        await foreach (var piece in stream.ReadAllAsync())
        {
            file.AddRange(data(piece));
        }

        return Encoding.UTF8.GetString([.. file]);
    }

    private async Task<GetCapabilityRulesResponse> GetRulesAsync() =>
        await Admin.GetCapabilityRulesAsync(new(), AccountCalls.Operator);

    private async Task UpsertAsync(Account account) =>
        await Accounts.UpsertAccountAsync(new() { Account = account }, AccountCalls.Operator);

    private async Task<CapabilityVerdict> HostVerdictAsync(string identity)
    {
        var all = await Accounts.ListCapabilitiesAsync(new(), AccountCalls.Person(identity));
        return all.Capabilities.Single(each => each.Capability == Capability.Host);
    }

    private async Task<IReadOnlyList<OperatorNotice>> NoticesAsync(string identity) =>
        (await Accounts.ListNoticesAsync(new(), AccountCalls.Person(identity))).Notices;

    private async Task SayAsync(string identity, uint rating, string text) => await Say(identity, rating, text);

    private AsyncUnaryCall<GiveFeedbackResponse> Say(string identity, uint rating, string text) =>
        Accounts.GiveFeedbackAsync(
            new()
            {
                Capability = Capability.Host,
                Rating = rating,
                Text = text,
            },
            AccountCalls.Person(identity)
        );
}
