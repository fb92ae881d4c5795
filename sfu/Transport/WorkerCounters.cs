namespace Spaces.Sfu.Transport;

/// <summary>
/// What one worker counted since it started. Written by its thread alone; read by anyone, at most a little late.
/// </summary>
public sealed class WorkerCounters
{
    /// <summary>Datagrams taken from the kernel.</summary>
    public long Received { get; internal set; }

    /// <summary>Datagrams longer than <see cref="DatagramBatch.DatagramLengthMax"/>, dropped.</summary>
    public long ReceivedOversized { get; internal set; }

    /// <summary>Datagrams the kernel took for sending.</summary>
    public long Sent { get; internal set; }

    /// <summary>How often the kernel had no room (EAGAIN, ENOBUFS).</summary>
    public long SendBufferFull { get; internal set; }

    /// <summary>Datagrams dropped because there was still no room after a short wait.</summary>
    public long SendDropped { get; internal set; }

    /// <summary>Datagrams the kernel refused, e.g. for want of a route.</summary>
    public long SendRefused { get; internal set; }

    /// <summary>Exceptions that reached the loop; each cost one datagram, command or timeout.</summary>
    public long Faults { get; internal set; }

    /// <summary>Time not spent waiting, in nanoseconds.</summary>
    public long BusyNanoseconds { get; internal set; }
}
