using System.Diagnostics;
using Spaces.Load.Media;
using Spaces.Load.Statistics;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Peer;

namespace Spaces.Load.Sessions;

/// <summary>Brings participants into a room: offer, answer, ICE, DTLS, each as a browser would do it.</summary>
/// <param name="entry">Who answers the offers.</param>
/// <param name="swarm">Who carries the transports.</param>
/// <param name="certificate">One for all; making one each would measure the generator.</param>
internal sealed class Joining(IMediaEntry entry, ParticipantSwarm swarm, DtlsCertificate certificate)
{
    /// <summary>Announced by the publisher.</summary>
    public const uint PublisherSsrc = 0x10AD_0001;

    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);

    /// <summary>From the request for a session to media that can flow, listeners only.</summary>
    public LatencyHistogram Times { get; } = new();

    public Task JoinPublisherAsync(CancellationToken cancellationToken) =>
        JoinAsync(number: 0, publishes: true, cancellationToken);

    /// <summary>Joins listeners 1 to <paramref name="count"/>, so many at a time.</summary>
    /// <returns>How long all of them took.</returns>
    public async Task<TimeSpan> JoinListenersAsync(int count, int concurrency, CancellationToken cancellationToken)
    {
        var next = 0;
        var started = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, Math.Min(concurrency, count)).Select(_ => JoinSomeAsync());
        await Task.WhenAll(workers);
        return Stopwatch.GetElapsedTime(started);

        async Task JoinSomeAsync()
        {
            for (
                var number = Interlocked.Increment(ref next);
                number <= count;
                number = Interlocked.Increment(ref next)
            )
            {
                await JoinAsync(number, publishes: false, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Joins listeners from <paramref name="first"/> on at a steady rate, whether or not those before are in yet.
    /// </summary>
    /// <returns>How long it took until the last was in.</returns>
    public async Task<TimeSpan> JoinSteadilyAsync(
        int first,
        int count,
        int perSecond,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        var joins = new Task[count];
        for (var i = 0; i < count; i++)
        {
            var early = TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(started);
            if (early >= TimerGrain)
            {
                await Task.Delay(early, cancellationToken);
            }

            joins[i] = JoinAsync(first + i, publishes: false, cancellationToken);
        }

        await Task.WhenAll(joins);
        return Stopwatch.GetElapsedTime(started);
    }

    private async Task JoinAsync(int number, bool publishes, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var ice = IceCredentials.Generate();
        var offer = publishes
            ? Offer.ToPublish(ice, certificate.Fingerprint, PublisherSsrc)
            : Offer.ToListen(ice, certificate.Fingerprint);
        var answer = Answer.Read(await entry.OpenAsync(number, offer, publishes, cancellationToken));
        var options = new PeerTransportOptions(ice, answer.Ice, certificate, answer.Fingerprints)
        {
            Role = PeerRole.Client,
            ServerPath = new NetworkPath(answer.CandidateAt(entry.Host), LocalSocket: 0),
            Random = new Random(number),
        };
        await swarm.ConnectAsync(number, options, cancellationToken);
        if (!publishes)
        {
            Record(Stopwatch.GetElapsedTime(started));
        }
    }

    private void Record(TimeSpan elapsed)
    {
        lock (Times)
        {
            Times.Record((long)elapsed.TotalNanoseconds);
        }
    }
}
