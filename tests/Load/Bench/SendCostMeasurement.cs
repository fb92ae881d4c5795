using System.Runtime.InteropServices;
using Spaces.Load.Interop;
using Spaces.Load.Statistics;
using Spaces.Load.Swarm;

namespace Spaces.Load.Bench;

/// <summary>
/// The yardstick beside every figure of the SFU: what this kernel charges for one small datagram sent by
/// <c>sendmmsg</c>, with no program around it.
/// </summary>
/// <remarks>
/// CPU time of the calling thread, user and system. On loopback and veth the kernel runs the receiver's half of the
/// path within the same call, so that is counted too, here as for the SFU. Runs on the thread, core and network of its
/// caller.
/// </remarks>
internal static unsafe class SendCostMeasurement
{
    /// <summary>As many datagrams as performance-minded servers hand over in one call.</summary>
    private const int BatchLength = 64;

    /// <summary>A round is a burst like the SFU's for one incoming packet, repeated to last some 50 ms.</summary>
    private const int DatagramsPerRound = 20_000;

    /// <summary>Measures, to <paramref name="destinationCount"/> addresses in turn.</summary>
    /// <param name="baseAddress">The first destination, host order; the others follow.</param>
    /// <param name="port">The UDP port of all destinations.</param>
    /// <param name="destinationCount">At least 1.</param>
    /// <param name="payloadLength">Bytes of UDP payload.</param>
    /// <param name="rounds">How often; one more goes before, uncounted.</param>
    /// <returns>Nanoseconds of CPU time for one datagram, over the rounds.</returns>
    /// <exception cref="IOException">The kernel refused to send.</exception>
    public static Samples Run(uint baseAddress, ushort port, int destinationCount, int payloadLength, int rounds)
    {
        using var socket = UdpDescriptor.Open(address: 0, port: 0, receiveBufferLength: 4096);
        var messages = Allocate<Libc.Message>(destinationCount);
        var targets = Allocate<Libc.SocketAddressIPv4>(destinationCount);
        var vectors = Allocate<Libc.IoVector>(destinationCount);
        var payloads = Allocate<byte>(destinationCount * payloadLength);
        try
        {
            for (var i = 0; i < destinationCount; i++)
            {
                targets[i] = IPv4.ToSocketAddress(baseAddress + (uint)i, port);
                vectors[i] = new Libc.IoVector { Base = payloads + (i * payloadLength), Length = (nuint)payloadLength };
                messages[i].Header = new Libc.MessageHeader
                {
                    Name = targets + i,
                    NameLength = (uint)sizeof(Libc.SocketAddressIPv4),
                    Vectors = vectors + i,
                    VectorCount = 1,
                };
            }

            _ = RunRound(socket.Number, messages, destinationCount);
            var costs = new double[rounds];
            for (var round = 0; round < rounds; round++)
            {
                costs[round] = RunRound(socket.Number, messages, destinationCount);
            }

            return Samples.Of(costs);
        }
        finally
        {
            NativeMemory.Free(messages);
            NativeMemory.Free(targets);
            NativeMemory.Free(vectors);
            NativeMemory.Free(payloads);
        }
    }

    private static double RunRound(int socket, Libc.Message* messages, int count)
    {
        var sent = 0;
        var before = SystemClock.ThreadCpuNanoseconds();
        while (sent < DatagramsPerRound)
        {
            var position = sent % count;
            var batch = Math.Min(BatchLength, count - position);
            var accepted = Libc.SendMany(socket, messages + position, (uint)batch, flags: 0);
            if (accepted <= 0)
            {
                throw new IOException($"sendmmsg: errno {Marshal.GetLastPInvokeError()}.");
            }

            sent += accepted;
        }

        return (double)(SystemClock.ThreadCpuNanoseconds() - before) / sent;
    }

    private static T* Allocate<T>(int count)
        where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
}
