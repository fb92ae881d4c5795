using System.Diagnostics;

namespace Spaces.Sfu.Tests.Server;

/// <summary>Drives several clients in one thread, in real time.</summary>
internal static class Conversation
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    /// <summary>Pumps until the condition holds; fails the test when it does not in time.</summary>
    public static void Until(Func<bool> condition, string what, params IReadOnlyList<MediaClient> clients) =>
        Until(condition, what, speaking: [], clients);

    /// <summary>As above, while the speakers send a packet every 20 ms.</summary>
    public static void Until(
        Func<bool> condition,
        string what,
        IReadOnlyList<MediaClient> speaking,
        IReadOnlyList<MediaClient> clients
    )
    {
        var clock = Stopwatch.StartNew();
        var nextFrame = TimeSpan.Zero;
        while (!condition())
        {
            Assert.That(clock.Elapsed, Is.LessThan(WaitMax), $"Waited too long until {what}.");
            if (clock.Elapsed >= nextFrame)
            {
                nextFrame = clock.Elapsed + FrameDuration;
                foreach (var speaker in speaking)
                {
                    speaker.Speak();
                }
            }

            foreach (var client in clients)
            {
                client.Pump();
            }

            Thread.Yield();
        }
    }

    public static void Connect(params IReadOnlyList<MediaClient> clients) =>
        Until(() => clients.All(client => client.IsConnected), "all are connected", clients);

    /// <summary>Lets the speakers send so many frames, in real time.</summary>
    public static void Speak(int frames, IReadOnlyList<MediaClient> speaking, IReadOnlyList<MediaClient> clients)
    {
        var clock = Stopwatch.StartNew();
        for (var frame = 0; frame < frames; frame++)
        {
            foreach (var speaker in speaking)
            {
                speaker.Speak();
            }

            var end = (frame + 1) * FrameDuration;
            Until(() => clock.Elapsed >= end, "a frame is over", clients);
        }
    }
}
