using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>The frequent commands cost the same in a full room as in a small one, but for a logarithm.</summary>
[TestFixture]
internal sealed class RoomCostTests
{
    private const int Repeats = 200;

    private static readonly RoomPolicy Large = new(SpeakersMax: 100);

    private static readonly Room Full = After(
        Opened(Large),
        [
            .. Crowd(Room.StageListenersMax - 1).Select(Raise),
            .. Enumerable.Range(1_000, 98).Select(i => Enter(Somebody($"s{i}", (uint)i), tokenMaySpeak: true)),
            Enter(Bob, tokenMaySpeak: true),
        ]
    );

    public static IEnumerable<TestCaseData> Frequent =>
        [
            new TestCaseData(Mute(Bob), Mute(Bob, muted: false), 2_500).SetArgDisplayNames("mute"),
            new TestCaseData(Raise(Cleo), Lower(Cleo), 6_000).SetArgDisplayNames("hand"),
            new TestCaseData(Drop(Bob), Enter(Bob, tokenMaySpeak: true), 3_500).SetArgDisplayNames("resume"),
            new TestCaseData(Leave(Bob), Enter(Bob, tokenMaySpeak: true), 10_000).SetArgDisplayNames(
                "leave and return"
            ),
        ];

    [TestCaseSource(nameof(Frequent))]
    public void A_command_costs_little_however_full_the_room(RoomCommand there, RoomCommand back, int bytesMax)
    {
        var room = Full;
        var before = 0L;
        for (var i = -1; i < Repeats; i++)
        {
            if (i == 0) // The first round is warming up.
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            room = room.Apply(room.Decide(there).Events);
            room = room.Apply(room.Decide(back).Events);
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (2 * Repeats);
        TestContext.Out.WriteLine($"{bytes} bytes a command, a stage of {room.Stage.Count}");
        Assert.That(bytes, Is.LessThan(bytesMax));
        Assert.That(room.Version, Is.EqualTo(Full.Version + (2 * (Repeats + 1))));
    }
}
