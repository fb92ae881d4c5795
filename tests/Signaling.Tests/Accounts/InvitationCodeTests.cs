using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Tests.Admin;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;
using Code = Spaces.Signaling.Server.Accounts.InvitationCode;

namespace Spaces.Signaling.Tests.Accounts;

/// <summary>Codes that invite: made, given away, redeemed once.</summary>
[TestFixture]
internal sealed class InvitationCodeTests
{
    private const string Asked = "Hosting is open by invitation; redeem an invitation code first.";

    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private AccountCalls _calls = null!;

    private AccountService.AccountServiceClient Accounts => _calls.Accounts;

    private AdminService.AdminServiceClient Admin => _calls.Admin;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node, options => options with { Limits = new LimitOptions() });
        _calls = new AccountCalls(_host);
        var rules = RulesReaderTests.Rules(
            new CapabilityStage { Name = "invited", InvitedTo = InvitationPurpose.Hosting }
        );
        rules.HostingCodesPerAccount = 2;
        await _calls.SetRulesAsync(rules);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _calls.Dispose();
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public void A_code_is_read_however_it_is_typed()
    {
        var code = Code.Next();
        var shown = Code.Format(code);

        Assert.That(shown, Does.Match("^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]$"));
        Assert.That(Code.TryParse(shown.ToLowerInvariant(), out var read) && read == code);
        Assert.That(Code.TryParse($" {shown.Replace('-', ' ')} ", out read) && read == code);
        Assert.That(Code.TryParse(code.Replace('0', 'o').Replace('1', 'l'), out read) && read == code);
        Assert.That(Code.TryParse(code[1..], out _), Is.False);
        Assert.That(Code.TryParse(new string('-', 200), out _), Is.False);
        Assert.That(Enumerable.Range(0, 1_000).Select(_ => Code.Next()), Is.Unique);
    }

    [Test]
    public async Task A_code_opens_hosting_to_whoever_redeems_it_first_and_to_nobody_else()
    {
        var code = (await CreateAsync(1)).Single();
        Assert.That((await HostVerdictAsync("ada")).Refusal, Is.EqualTo(Asked));

        var redeemed = await RedeemAsync("ada", code.Code);

        Assert.That(redeemed.Purpose, Is.EqualTo(InvitationPurpose.Hosting));
        Assert.That((await HostVerdictAsync("ada")).Allowed);
        await RedeemAsync("ada", code.Code); // Again changes nothing.
        await AccountCalls.RefusedAsync(Redeem("bob", code.Code), StatusCode.NotFound);
        Assert.That((await HostVerdictAsync("bob")).Allowed, Is.False);
        var listed = (await Admin.ListCreatedCodesAsync(new(), AccountCalls.Operator)).Codes.Single();
        Assert.That((listed.RedeemedBy, listed.CreatedBy, listed.Note), Is.EqualTo(("ada", "", "for the team")));
        Assert.That(listed.RedeemedAt, Is.Not.Null);
    }

    [Test]
    public async Task Of_many_who_redeem_a_code_at_once_exactly_one_is_invited()
    {
        var code = (await CreateAsync(1)).Single();
        string[] people = [.. Enumerable.Range(0, 20).Select(i => $"person {i}")];

        await Task.WhenAll(people.Select(person => TryRedeemAsync(person, code.Code)));

        var verdicts = await Task.WhenAll(people.Select(HostVerdictAsync));
        Assert.That(verdicts.Count(verdict => verdict.Allowed), Is.EqualTo(1));
    }

    [Test]
    public async Task An_account_gives_away_as_many_codes_as_it_has()
    {
        await AccountCalls.RefusedAsync(Create("ada"), StatusCode.PermissionDenied);
        await SetInvitedAsync("ada", invited: true);

        var first = await Create("ada");
        var second = await Create("ada");

        Assert.That((first.Left, second.Left), Is.EqualTo((1u, 0u)));
        await AccountCalls.RefusedAsync(Create("ada"), StatusCode.FailedPrecondition);
        await AdjustAsync("ada", 1, left: 1);
        await Create("ada");
        await AdjustAsync("ada", -5, left: 0);
        await AccountCalls.RefusedAsync(Create("ada"), StatusCode.FailedPrecondition);
        var own = await Accounts.ListInvitationCodesAsync(new(), AccountCalls.Person("ada"));
        Assert.That(own.Codes.Select(code => code.CreatedBy), Is.EqualTo(["ada", "ada", "ada"]));
        Assert.That(own.Codes[^1], Is.EqualTo(first.Code));
        Assert.That(own.Allowances.Select(each => each.Left), Is.EqualTo([0, 0]));
        await RedeemAsync("bob", second.Code.Code);
        Assert.That((await HostVerdictAsync("bob")).Allowed);
    }

    [Test]
    public async Task Codes_made_at_once_never_exceed_what_an_account_has()
    {
        await SetInvitedAsync("ada", invited: true);

        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TryCreateAsync("ada")));

        Assert.That(made.Count(each => each), Is.EqualTo(2));
    }

    [Test]
    public async Task A_revoked_code_opens_nothing_and_a_used_one_cannot_be_revoked()
    {
        var codes = await CreateAsync(2);

        var revoked = await Admin.RevokeInvitationCodeAsync(new() { Code = codes[0].Code }, AccountCalls.Operator);

        Assert.That(revoked.Code.Revoked);
        await AccountCalls.RefusedAsync(Redeem("ada", codes[0].Code), StatusCode.NotFound);
        await RedeemAsync("ada", codes[1].Code);
        await AccountCalls.RefusedAsync(
            Admin.RevokeInvitationCodeAsync(new() { Code = codes[1].Code }, AccountCalls.Operator),
            StatusCode.FailedPrecondition
        );
        await SetInvitedAsync("ada", invited: false);
        Assert.That((await HostVerdictAsync("ada")).Refusal, Is.EqualTo(Asked));
    }

    [Test]
    public async Task Whoever_is_invited_already_keeps_the_code_for_somebody_else()
    {
        var codes = await CreateAsync(2);
        await RedeemAsync("ada", codes[0].Code);

        await AccountCalls.RefusedAsync(Redeem("ada", codes[1].Code), StatusCode.FailedPrecondition);

        await RedeemAsync("bob", codes[1].Code);
    }

    [Test]
    public async Task Guessing_is_limited()
    {
        for (var i = 0; i < 5; i++)
        {
            await AccountCalls.RefusedAsync(Redeem("ada", Code.Next()), StatusCode.NotFound);
        }

        var refusal = await AccountCalls.RefusedAsync(Redeem("ada", Code.Next()), StatusCode.ResourceExhausted);

        Assert.That(refusal.Trailers.GetValue("grpc-retry-pushback-ms"), Is.Not.Null);
        await AccountCalls.RefusedAsync(Redeem("bob", Code.Next()), StatusCode.NotFound);
    }

    [Test]
    public async Task A_wrong_request_for_codes_is_refused_by_field()
    {
        var past = Timestamp.FromDateTime(DateTime.UnixEpoch);
        var request = new CreateInvitationCodesRequest { Purpose = InvitationPurpose.Hosting, Count = 1 };
        await RefusedAsync(new() { Count = 1 }, "purpose is not set.");
        await RefusedAsync(new(request) { Count = 0 }, "count is 0.");
        await RefusedAsync(new(request) { Count = 1_001 }, "count is 1001.");
        await RefusedAsync(new(request) { Note = new string('n', 201) }, "note has 201 characters.");
        await RefusedAsync(new(request) { ExpiresAt = past }, "expires_at is not a time to come.");
    }

    [Test]
    public async Task Many_codes_are_listed_in_pages_newest_first()
    {
        await CreateAsync(25);
        var codes = new List<string>();
        var page = new ListCreatedCodesResponse();
        do
        {
            var next = new ListCreatedCodesRequest { PageSize = 10, PageToken = page.NextPageToken };
            page = await Admin.ListCreatedCodesAsync(next, AccountCalls.Operator);
            codes.AddRange(page.Codes.Select(code => code.Code));
        } while (page.NextPageToken.Length > 0);

        Assert.That(codes, Has.Count.EqualTo(25).And.Unique);
    }

    private async Task RefusedAsync(CreateInvitationCodesRequest request, string problem)
    {
        var call = Admin.CreateInvitationCodesAsync(request, AccountCalls.Operator);
        var refusal = await AccountCalls.RefusedAsync(call, StatusCode.InvalidArgument);
        Assert.That(refusal.Status.Detail, Does.StartWith(problem));
    }

    private async Task<IReadOnlyList<InvitationCode>> CreateAsync(uint count)
    {
        var request = new CreateInvitationCodesRequest
        {
            Purpose = InvitationPurpose.Hosting,
            Count = count,
            Note = "for the team",
        };
        return (await Admin.CreateInvitationCodesAsync(request, AccountCalls.Operator)).Codes;
    }

    private AsyncUnaryCall<CreateInvitationCodeResponse> Create(string identity) =>
        Accounts.CreateInvitationCodeAsync(
            new() { Purpose = InvitationPurpose.Hosting },
            AccountCalls.Person(identity)
        );

    private async Task<bool> TryCreateAsync(string identity)
    {
        try
        {
            await Create(identity);
            return true;
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.FailedPrecondition)
        {
            return false;
        }
    }

    private AsyncUnaryCall<RedeemInvitationCodeResponse> Redeem(string identity, string code) =>
        Accounts.RedeemInvitationCodeAsync(new() { Code = code }, AccountCalls.Person(identity));

    private async Task<RedeemInvitationCodeResponse> RedeemAsync(string identity, string code) =>
        await Redeem(identity, code);

    private async Task TryRedeemAsync(string identity, string code)
    {
        try
        {
            await Redeem(identity, code);
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.NotFound)
        {
            // Somebody else was first.
        }
    }

    private async Task AdjustAsync(string identity, int more, uint left)
    {
        var request = new AdjustInvitationAllowanceRequest
        {
            Identity = identity,
            Purpose = InvitationPurpose.Hosting,
            More = more,
        };
        var answer = await Admin.AdjustInvitationAllowanceAsync(request, AccountCalls.Operator);
        Assert.That(answer.Left, Is.EqualTo(left));
    }

    private async Task SetInvitedAsync(string identity, bool invited) =>
        await Admin.SetInvitedAsync(
            new()
            {
                Identity = identity,
                Purpose = InvitationPurpose.Hosting,
                Invited = invited,
            },
            AccountCalls.Operator
        );

    private async Task<CapabilityVerdict> HostVerdictAsync(string identity)
    {
        var all = await Accounts.ListCapabilitiesAsync(new(), AccountCalls.Person(identity));
        return all.Capabilities.Single(each => each.Capability == Capability.Host);
    }
}
