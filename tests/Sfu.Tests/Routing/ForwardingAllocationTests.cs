using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtcp;
using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Tests.Routing;

[TestFixture]
internal sealed class ForwardingAllocationTests
{
    [Test]
    public void Forwarding_from_the_microphone_to_every_listener_allocates_nothing([Values] bool losesPackets)
    {
        var router = new RoomRouter(new Random(1));
        var audience = new RoomAudience();
        var transport = new CountingTransport();
        var microphones = Enumerable.Range(1, 5).Select(id => Join((uint)id)).ToArray();
        Send(microphones, from: 0, to: 100);
        var sentBefore = transport.Count;

        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(microphones, from: 100, to: 10_100);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(transport.Count - sentBefore, Is.GreaterThan(100_000));

        Microphone Join(uint mediaId)
        {
            var slots = Enumerable.Range(1, 3).Select(ssrc => new SlotFormat((uint)ssrc, 111, 63, HasNack: true));
            var listener = new Listener(mediaId, [.. slots], transport, new Random(1));
            audience.Add(listener);
            if (losesPackets)
            {
                // From here on it gets the frames before in each packet.
                listener.HandleReport(new ReportBlock(1, 60, 0, 0, 0, 0, 0), TimeSpan.Zero, Instant.Zero);
            }

            router.AttachListener(listener.SlotCount, audience);
            router.SetPublishing(mediaId, mayPublish: true);
            return new Microphone(mediaId, new MicrophoneFormat(111, null, 1, mediaId), router) { MayPublish = true };
        }
    }

    private static void Send(Microphone[] microphones, int from, int to)
    {
        Span<byte> packet = stackalloc byte[100];
        packet.Clear();
        for (var round = from; round < to; round++)
        {
            for (uint i = 0; i < microphones.Length; i++)
            {
                var header = new RtpHeader(111, false, (ushort)round, (uint)round * 960, i + 1);
                RtpPacketWriter.WriteHeader(packet, header);
                var verdict = microphones[i]
                    .Handle(packet, Instant.Zero + TimeSpan.FromMilliseconds(20.0 * (round + 1)));
                if (verdict != MicrophoneVerdict.Routed)
                {
                    throw new InvalidOperationException($"The packet was {verdict}.");
                }
            }
        }
    }

    private sealed class CountingTransport : IListenerTransport
    {
        private readonly byte[] _buffer = new byte[2000];

        public int Count { get; private set; }

        public bool TryRent(out Span<byte> buffer)
        {
            buffer = _buffer;
            return true;
        }

        public void Send(int length) => Count++;

        public void SendAgain(int length) => Count++;
    }
}
