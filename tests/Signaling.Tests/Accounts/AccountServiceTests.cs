using System.Net;
using Grpc.Core;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Accounts;

/// <summary>Accounts and follows as the operator's own system writes them, over real calls.</summary>
[TestFixture]
internal sealed class AccountServiceTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private AccountCalls _calls = null!;

    private AccountService.AccountServiceClient Accounts => _calls.Accounts;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node);
        _calls = new AccountCalls(_host);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _calls.Dispose();
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task An_account_is_written_field_by_field()
    {
        var first = new Account
        {
            Identity = "field",
            Name = "Ada",
            Followers = 599,
            Country = "de",
            Platform = "iOS",
        };
        await UpsertAsync(first);

        var answer = await UpsertAsync(
            new Account
            {
                Identity = "field",
                Followers = 600,
                Platform = "",
            }
        );

        var expected = new Account
        {
            Identity = "field",
            Name = "Ada",
            Followers = 600,
            Country = "DE",
        };
        Assert.That(answer, Is.EqualTo(expected));
        Assert.That(await GetAsync("field"), Is.EqualTo(expected));
        Assert.That(await GetAsync("", as_: "field"), Is.EqualTo(expected));
    }

    [Test]
    public async Task Whoever_is_not_the_operator_writes_nothing_and_reads_only_about_themselves()
    {
        var account = new UpsertAccountRequest { Account = new Account { Identity = "eve" } };
        var roomAdmin = AccountCalls.As(SignalingHost.Token("eve", room: "r1", admin: true));
        var eve = AccountCalls.Person("eve");
        var denied = StatusCode.PermissionDenied;

        await AccountCalls.RefusedAsync(Accounts.UpsertAccountAsync(account, eve), denied);
        await AccountCalls.RefusedAsync(Accounts.UpsertAccountAsync(account, roomAdmin), denied);
        await AccountCalls.RefusedAsync(Accounts.UpsertAccountAsync(account), StatusCode.Unauthenticated);
        await AccountCalls.RefusedAsync(Accounts.DeleteAccountAsync(new() { Identity = "eve" }, eve), denied);
        await AccountCalls.RefusedAsync(Accounts.GetAccountAsync(new() { Identity = "ada" }, eve), denied);
        await AccountCalls.RefusedAsync(Accounts.ListFollowersAsync(new() { Identity = "ada" }, eve), denied);
        await AccountCalls.RefusedAsync(Accounts.SetFollowAsync(new() { Follow = Follows("eve", "ada") }, eve), denied);
        await AccountCalls.RefusedAsync(Accounts.GetAccountAsync(new(), eve), StatusCode.NotFound);
    }

    [Test]
    public async Task A_wrong_field_is_named_and_of_many_none_is_written()
    {
        var request = new BulkUpsertAccountsRequest
        {
            Accounts =
            {
                new Account { Identity = "bulk-a", Country = "DE" },
                new Account { Identity = "bulk-b", Country = "Germany" },
            },
        };

        var refusal = await AccountCalls.RefusedAsync(
            Accounts.BulkUpsertAccountsAsync(request, AccountCalls.Operator),
            StatusCode.InvalidArgument
        );

        Assert.That(refusal.Status.Detail, Does.StartWith("accounts[1].country is not a country code."));
        await AccountCalls.RefusedAsync(
            Accounts.GetAccountAsync(new() { Identity = "bulk-a" }, AccountCalls.Operator),
            StatusCode.NotFound
        );
    }

    [Test]
    public async Task A_thousand_accounts_are_written_in_one_call_and_more_are_refused()
    {
        var request = new BulkUpsertAccountsRequest();
        request.Accounts.AddRange(Enumerable.Range(0, 1_000).Select(Long));

        var answer = await Accounts.BulkUpsertAccountsAsync(request, AccountCalls.Operator);

        Assert.That(answer.Written, Is.EqualTo(1_000));
        Assert.That(await GetAsync("many-999"), Is.EqualTo(Long(999)));
        request.Accounts.Add(Long(1_000));
        var refusal = await AccountCalls.RefusedAsync(
            Accounts.BulkUpsertAccountsAsync(request, AccountCalls.Operator),
            StatusCode.InvalidArgument
        );
        Assert.That(refusal.Status.Detail, Is.EqualTo("accounts has 1001 entries. Give 1-1000."));
    }

    [Test]
    public async Task Of_two_changes_of_one_account_in_one_call_the_later_one_counts_field_by_field()
    {
        var request = new BulkUpsertAccountsRequest
        {
            Accounts =
            {
                new Account
                {
                    Identity = "twice",
                    Name = "First",
                    Followers = 1,
                },
                new Account { Identity = "twice", Followers = 2 },
            },
        };

        Assert.That((await Accounts.BulkUpsertAccountsAsync(request, AccountCalls.Operator)).Written, Is.EqualTo(1));
        Assert.That(
            await GetAsync("twice"),
            Is.EqualTo(
                new Account
                {
                    Identity = "twice",
                    Name = "First",
                    Followers = 2,
                }
            )
        );
    }

    [Test]
    public async Task Changes_of_one_account_at_once_lose_nothing()
    {
        await Task.WhenAll(
            UpsertAsync(new Account { Identity = "race", Name = "Ada" }),
            UpsertAsync(new Account { Identity = "race", Followers = 7 }),
            UpsertAsync(new Account { Identity = "race", Country = "FR" }),
            UpsertAsync(new Account { Identity = "race", Platform = "web" }),
            UpsertAsync(new Account { Identity = "race", AvatarUrl = "https://example.org/a.png" })
        );

        var expected = new Account
        {
            Identity = "race",
            Name = "Ada",
            Followers = 7,
            Country = "FR",
            Platform = "web",
            AvatarUrl = "https://example.org/a.png",
        };
        Assert.That(await GetAsync("race"), Is.EqualTo(expected));
    }

    [Test]
    public async Task Follows_are_listed_from_both_ends_in_pages()
    {
        var request = new BulkSetFollowsRequest();
        request.Follows.AddRange(Enumerable.Range(0, 25).Select(i => Follows("reader", $"author {i:00}")));
        request.Follows.AddRange(Enumerable.Range(0, 7).Select(i => Follows($"fan {i}", "reader")));
        Assert.That((await Accounts.BulkSetFollowsAsync(request, AccountCalls.Operator)).Written, Is.EqualTo(32));
        await SetFollowAsync("reader", "author 03", following: false);
        await SetFollowAsync("reader", "nobody", following: false);

        var following = new List<string>();
        var page = new ListFollowingResponse { NextPageToken = "" };
        do
        {
            var next = new ListFollowingRequest { PageSize = 10, PageToken = page.NextPageToken };
            page = await Accounts.ListFollowingAsync(next, AccountCalls.Person("reader"));
            following.AddRange(page.Identities);
        } while (page.NextPageToken.Length > 0);

        Assert.That(following, Is.EqualTo(Enumerable.Range(0, 25).Where(i => i != 3).Select(i => $"author {i:00}")));
        var fans = await Accounts.ListFollowersAsync(new(), AccountCalls.Person("reader"));
        Assert.That(fans.Identities, Is.EqualTo(Enumerable.Range(0, 7).Select(i => $"fan {i}")));
        Assert.That(fans.NextPageToken, Is.Empty);
    }

    [TestCase("", "a", "follow.follower is empty.")]
    [TestCase("a", "", "follow.followee is empty.")]
    [TestCase("a", "a", "follow.followee is the follower; nobody follows themselves.")]
    public async Task A_wrong_follow_is_refused(string follower, string followee, string problem)
    {
        var request = new SetFollowRequest { Follow = Follows(follower, followee) };
        var refusal = await AccountCalls.RefusedAsync(
            Accounts.SetFollowAsync(request, AccountCalls.Operator),
            StatusCode.InvalidArgument
        );
        Assert.That(refusal.Status.Detail, Does.StartWith(problem));
    }

    [TestCase("not a token")]
    [TestCase("%%%")]
    [TestCase("AAAA")]
    public async Task A_page_token_of_somebody_elses_making_is_refused(string token) =>
        await AccountCalls.RefusedAsync(
            Accounts.ListFollowingAsync(new() { PageToken = token }, AccountCalls.Person("reader")),
            StatusCode.InvalidArgument
        );

    [Test]
    public async Task A_deleted_account_leaves_nothing_behind()
    {
        await UpsertAsync(new Account { Identity = "gone", Followers = 2 });
        await SetFollowAsync("gone", "x", following: true);
        await SetFollowAsync("y", "gone", following: true);
        await SetFollowAsync("y", "x", following: true);

        var answer = await Accounts.DeleteAccountAsync(new() { Identity = "gone" }, AccountCalls.Operator);

        Assert.That(answer.FollowsRemoved, Is.EqualTo(2));
        Assert.That((await Accounts.ListFollowersAsync(new(), AccountCalls.Person("x"))).Identities, Is.EqualTo(["y"]));
        Assert.That((await Accounts.ListFollowingAsync(new(), AccountCalls.Person("y"))).Identities, Is.EqualTo(["x"]));
        await AccountCalls.RefusedAsync(
            Accounts.GetAccountAsync(new(), AccountCalls.Person("gone")),
            StatusCode.NotFound
        );
        var again = await Accounts.DeleteAccountAsync(new() { Identity = "gone" }, AccountCalls.Operator);
        Assert.That(again.FollowsRemoved, Is.Zero);
    }

    [Test]
    public async Task Curl_can_write_an_account()
    {
        var response = await _host.SendAsync(
            HttpMethod.Post,
            "/spaces.v1.AccountService/UpsertAccount",
            SignalingHost.Token("operator", admin: true),
            """{"account":{"identity":"curl","followers":600,"country":"DE"}}""",
            "application/json"
        );

        var body = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), body);
        Assert.That(body, Does.Contain("\"followers\": 600"));
    }

    /// <summary>The other services keep their smaller limit.</summary>
    [Test]
    public async Task A_long_list_by_json_is_taken_here_and_a_long_title_is_not_taken_there()
    {
        var request = new BulkUpsertAccountsRequest();
        request.Accounts.AddRange(Enumerable.Range(0, 1_000).Select(Long));
        var json = Google.Protobuf.JsonFormatter.Default.Format(request);
        Assert.That(json, Has.Length.GreaterThan(256 * 1024));
        const string Type = "application/json";
        var admin = SignalingHost.Token("operator", admin: true);

        var taken = await _host.SendAsync(
            HttpMethod.Post,
            "/spaces.v1.AccountService/BulkUpsertAccounts",
            admin,
            json,
            Type
        );
        var refused = await _host.CallAsync("CreateRoom", $$"""{"title":"{{new string('a', 70_000)}}"}""", admin);

        Assert.That(taken.StatusCode, Is.EqualTo(HttpStatusCode.OK), await taken.Content.ReadAsStringAsync());
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    private static Account Long(int number) =>
        new()
        {
            Identity = $"many-{number}",
            Name = new string('n', 90),
            AvatarUrl = $"https://example.org/{new string('a', 200)}/{number}.png",
            Followers = (uint)number,
            Country = "JP",
            Platform = "android",
        };

    private static Follow Follows(string follower, string followee) =>
        new()
        {
            Follower = follower,
            Followee = followee,
            Following = true,
        };

    private async Task<Account> UpsertAsync(Account account) =>
        (await Accounts.UpsertAccountAsync(new() { Account = account }, AccountCalls.Operator)).Account;

    private async Task<Account> GetAsync(string identity, string as_ = "operator")
    {
        var metadata = as_ == "operator" ? AccountCalls.Operator : AccountCalls.Person(as_);
        return (await Accounts.GetAccountAsync(new() { Identity = identity }, metadata)).Account;
    }

    private async Task SetFollowAsync(string follower, string followee, bool following)
    {
        var follow = Follows(follower, followee);
        follow.Following = following;
        await Accounts.SetFollowAsync(new() { Follow = follow }, AccountCalls.Operator);
    }
}
