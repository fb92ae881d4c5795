using System.Globalization;
using Spaces.Load.Sessions;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol.Dtls;

namespace Spaces.Load.Live;

/// <summary><c>spaces-load listen</c>: so many listeners into a room of a live system, for so long.</summary>
internal static class ListenCommand
{
    private const int SampleEvery = 50;

    public static async Task<int> RunAsync(
        CommandLine commandLine,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var url = commandLine.RequiredText("url");
        var room = commandLine.RequiredText("room");
        var token = commandLine.Text("token");
        var count = commandLine.Number("count", fallback: 10, min: 1, max: 5000);
        var seconds = commandLine.Number("seconds", fallback: 10, min: 1, max: 3600);
        var concurrency = commandLine.Number("concurrency", fallback: 16, min: 1, max: 1000);
        commandLine.RefuseUnknown();
        var duration = TimeSpan.FromSeconds((double)seconds);

        using var certificate = DtlsCertificate.Generate(DateTimeOffset.UtcNow);
        using var socket = new SocketPerParticipant(count + 1);
        var receiver = new LiveReceiver(count + 1, SampleEvery);
        using var swarm = new ParticipantSwarm(socket, count + 1, receiver, core: null);
        await using var entry = await WhipEntry.CreateAsync(url, room, token, cancellationToken);
        var joining = new Joining(entry, swarm, certificate);
        try
        {
            var elapsed = await joining.JoinListenersAsync(count, concurrency, cancellationToken);
            Print(
                output,
                $"{count} listeners joined in {elapsed.TotalSeconds:F2} s, {count / elapsed.TotalSeconds:F0}/s"
            );
            Print(output, $"join: {Span(joining.Times.Percentile(50), joining.Times.Percentile(99))}");

            var before = await swarm.InvokeAsync(() => receiver.ReceivedCount);
            await Task.Delay(duration, cancellationToken);
            await swarm.InvokeAsync(() => Report(output, receiver, before, count, seconds));
            var lost = await swarm.InvokeAsync(() => swarm.LostCount);
            Print(output, $"connections lost: {lost}; datagrams this machine dropped: {socket.DroppedCount}");
            return lost == 0 ? 0 : 1;
        }
        finally
        {
            await entry.CloseAllAsync(CancellationToken.None);
        }
    }

    private static bool Report(TextWriter output, LiveReceiver receiver, long before, int count, int seconds)
    {
        var received = receiver.ReceivedCount - before;
        var reception = receiver.Summarize();
        var expected = receiver.ReceivedCount + reception.LostPackets;
        var lostPercent = expected == 0 ? 0 : 100.0 * reception.LostPackets / expected;
        Print(output, $"received: {received} packets, {(double)received / count / seconds:F1}/s for each listener");
        Print(output, $"lost: {reception.LostPackets} ({lostPercent:F3} %), in {reception.Slots} slots");
        Print(
            output,
            $"jitter: p50 {reception.JitterP50Milliseconds:F2} ms, p99 {reception.JitterP99Milliseconds:F2} ms"
        );
        Print(
            output,
            $"decrypted: {receiver.VerifiedCount}, not: {receiver.InvalidCount}; by {receiver.HearingCount} listeners"
        );
        if (receiver.ProbeDelay.Count > 0)
        {
            var (p50, p99) = (receiver.ProbeDelay.Percentile(50), receiver.ProbeDelay.Percentile(99));
            Print(output, $"delay from `spaces-load publish`, if its clock is this one: {Span(p50, p99)}");
        }

        return true;
    }

    private static string Span(long p50, long p99) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {p50 / 1e6:F2} ms, p99 {p99 / 1e6:F2} ms");

    private static void Print(TextWriter output, FormattableString text) =>
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
