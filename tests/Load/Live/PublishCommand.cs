using Spaces.Load.Media;
using Spaces.Load.Sessions;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol.Dtls;

namespace Spaces.Load.Live;

/// <summary>
/// <c>spaces-load publish</c>: a speaker of stamped silence in a room of a live system, for `listen` to measure. People
/// in the room hear nothing, and see somebody speak.
/// </summary>
internal static class PublishCommand
{
    public static async Task<int> RunAsync(
        CommandLine commandLine,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var url = commandLine.RequiredText("url");
        var room = commandLine.RequiredText("room");
        var token = commandLine.Text("token");
        var seconds = commandLine.Number("seconds", fallback: 10, min: 1, max: 3600);
        commandLine.RefuseUnknown();
        var duration = TimeSpan.FromSeconds((double)seconds);

        var packetCount = seconds * (int)(1_000_000_000 / ProbePublisher.IntervalNanoseconds);
        using var certificate = DtlsCertificate.Generate(DateTimeOffset.UtcNow);
        using var socket = new SocketPerParticipant(count: 1);
        var publisher = new ProbePublisher(Joining.PublisherSsrc, packetCount);
        using var swarm = new ParticipantSwarm(socket, participantCount: 1, new LiveReceiver(1, 1), core: null);
        await using var entry = await WhipEntry.CreateAsync(url, room, token, cancellationToken);
        var joining = new Joining(entry, swarm, certificate);
        try
        {
            await joining.JoinPublisherAsync(cancellationToken);
            await swarm.PublishAsync(publisher, echo: null);
            await Task.Delay(duration, cancellationToken);
            var lost = await swarm.InvokeAsync(() => swarm.LostCount);
            var sent = await swarm.InvokeAsync(() => publisher.Count);
            output.WriteLine($"sent {sent} packets in {seconds} s{(lost > 0 ? ", then lost the connection" : "")}");
            return lost == 0 ? 0 : 1;
        }
        finally
        {
            await entry.CloseAllAsync(CancellationToken.None);
        }
    }
}
