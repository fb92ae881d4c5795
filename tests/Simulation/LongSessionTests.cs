using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Simulation;

/// <summary>Three hours of one speaker: every counter of 16 bits wraps eight times, in both directions.</summary>
[TestFixture]
internal sealed class LongSessionTests
{
    private const double SamplesPerSecond = 48_000;
    private const int PacketsPerSecond = 50;

    [Test]
    public void After_three_hours_every_packet_still_arrives_and_reports_still_tell_the_time()
    {
        using var world = new World(seed: 1, LinkConditions.Good);
        var ada = world.Join("room", Scenario.Speaker, hasMicrophone: true, slots: 0);
        var ben = world.Join("room", Scenario.Listener, hasMicrophone: false, slots: 1);
        world.Run(TimeSpan.FromSeconds(2));
        ada.IsTalking = true;
        world.Run(TimeSpan.FromHours(3));
        ada.IsTalking = false;
        world.Run(TimeSpan.FromSeconds(1));

        Assert.That(world.Lost, Is.Empty);
        Assert.That(ben.Heard[ada.MediaId], Is.EqualTo(3 * 3600 * PacketsPerSecond).Within(2));
        Assert.That(ben.SenderReports, Has.Count.GreaterThan(2000));
        AssertClockRunsTrue(ben.SenderReports);
    }

    /// <summary>From report to report the stream's clock goes on as the wall clock does (RFC 3550 §6.4.1).</summary>
    private static void AssertClockRunsTrue(List<SenderInformation> reports)
    {
        for (var i = 1; i < reports.Count; i++)
        {
            var wall = (reports[i].Ntp.Value - reports[i - 1].Ntp.Value) / (double)(1L << 32);
            var stream = (reports[i].RtpTimestamp - reports[i - 1].RtpTimestamp) / SamplesPerSecond;
            Assert.That(stream, Is.EqualTo(wall).Within(0.045), $"Report {i}");
        }
    }
}
