namespace Spaces.Load.Tests;

[TestFixture]
public sealed class CommandLineTests
{
    [Test]
    public void Options_are_read_by_name()
    {
        var line = new CommandLine(["--seconds", "7", "--listeners", "1,200", "--url", "http://localhost"]);

        Assert.Multiple(() =>
        {
            Assert.That(line.Number("seconds", fallback: 1, min: 1, max: 60), Is.EqualTo(7));
            Assert.That(line.Number("runs", fallback: 3, min: 1, max: 9), Is.EqualTo(3));
            Assert.That(line.Numbers("listeners", fallback: [], min: 1, max: 1000), Is.EqualTo(new[] { 1, 200 }));
            Assert.That(line.RequiredText("url"), Is.EqualTo("http://localhost"));
            Assert.That(line.RefuseUnknown, Throws.Nothing);
        });
    }

    [TestCase("0")]
    [TestCase("61")]
    [TestCase("-1")]
    [TestCase("soon")]
    public void A_number_outside_its_bounds_is_refused_with_the_bounds(string text)
    {
        var line = new CommandLine(["--seconds", text]);

        Assert.That(
            () => line.Number("seconds", fallback: 1, min: 1, max: 60),
            Throws.TypeOf<CommandLineException>().With.Message.Contains("from 1 to 60")
        );
    }

    [Test]
    public void A_mistyped_option_is_refused_with_the_known_ones()
    {
        var line = new CommandLine(["--secnds", "7"]);
        _ = line.Number("seconds", fallback: 1, min: 1, max: 60);

        Assert.That(line.RefuseUnknown, Throws.TypeOf<CommandLineException>().With.Message.Contains("--seconds"));
    }

    [TestCase("--seconds")]
    [TestCase("seconds", "7")]
    [TestCase("--seconds", "7", "--seconds", "8")]
    public void Words_that_are_not_pairs_of_option_and_value_are_refused(params string[] words) =>
        Assert.That(() => new CommandLine(words), Throws.TypeOf<CommandLineException>());
}
