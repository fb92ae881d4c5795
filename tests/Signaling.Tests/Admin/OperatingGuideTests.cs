using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Admin;

/// <summary>What docs/operating.md tells operators to type, typed into a real shell against a real server.</summary>
[TestFixture]
internal sealed partial class OperatingGuideTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Every_example_about_stages_works_as_it_is_printed()
    {
        var output = await RunAsync(Examples("Who may host: stages"));

        Assert.That(output, Does.Contain("Hosting is open to accounts with at least 600 followers; yours has 599."));
        Assert.That(output, Does.Contain("\"version\": \"1\""));
        Assert.That(output, Does.Contain("for the launch"));
        Assert.That(output, Does.Contain("id,at,capability,stage,rating,identity,text"));
        Assert.That(output, Does.Contain("\"action\":\"capability-rules.set\""));
    }

    [TestCase("/v1/admin/feedback.csv")]
    [TestCase("/v1/admin/feedback.ndjson")]
    [TestCase("/v1/admin/audit.csv")]
    [TestCase("/v1/admin/audit.ndjson")]
    public async Task Nobody_but_the_operator_downloads_a_file(string path)
    {
        var stranger = await _host.SendAsync(HttpMethod.Get, path, token: null);
        var person = await _host.SendAsync(HttpMethod.Get, path, SignalingHost.Token("eve"));
        var oneRoom = await _host.SendAsync(HttpMethod.Get, path, SignalingHost.Token("eve", room: "r", admin: true));

        Assert.That(stranger.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(person.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(oneRoom.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    private static string Examples(string heading)
    {
        var guide = File.ReadAllText(Path.Combine(Root(), "docs/operating.md"));
        var start = guide.IndexOf($"## {heading}\n", StringComparison.Ordinal);
        Assert.That(start, Is.GreaterThan(0), "the section is there");
        var end = guide.IndexOf("\n## ", start + 3, StringComparison.Ordinal);
        var blocks = ShellBlock().Matches(guide[start..end]).Select(match => match.Groups[1].Value);
        return string.Concat(blocks);
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Spaces.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }

    private async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-euo");
        start.ArgumentList.Add("pipefail");
        start.Environment["URL"] = _host.Http.ToString().TrimEnd('/');
        start.Environment.Remove("TOKEN");
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await shell.WaitForExitAsync(patience.Token);
        Assert.That(shell.ExitCode, Is.Zero, $"{await output}\n{await errors}");
        return await output;
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
