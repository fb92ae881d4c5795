using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>
/// Loss, jitter and highest sequence number of one received source (RFC 3550 §6.4.1, appendices A.1, A.3, A.8).
/// </summary>
/// <remarks>
/// Only authenticated packets are given to it, so the probation of appendix A.1 is left out. Hot path: no allocation.
/// </remarks>
public sealed class ReceptionStatistics
{
    /// <summary>A gap this large, or a packet this late, may be a sender that starts anew (appendix A.1).</summary>
    private const int DropoutMax = 3_000;
    private const int MisorderMax = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly uint _ssrc;
    private readonly uint _clockRate;
    private long _first;
    private long _highest;
    private long _received;
    private long _expectedBefore;
    private long _receivedBefore;
    private int _suspect = -1;
    private bool _hasPacket;
    private bool _hasTransit;
    private uint _transit;
    private uint _scaledJitter;
    private uint _lastSenderReport;
    private Instant _lastSenderReportAt;

    /// <param name="ssrc">The source.</param>
    /// <param name="clockRate">Of its timestamps: 48,000 for Opus.</param>
    public ReceptionStatistics(uint ssrc, uint clockRate)
    {
        ArgumentOutOfRangeException.ThrowIfZero(clockRate);
        _ssrc = ssrc;
        _clockRate = clockRate;
    }

    /// <summary>Counts a packet that has arrived.</summary>
    public void Handle(Instant now, ushort sequence, uint timestamp)
    {
        if (!_hasPacket)
        {
            Restart(sequence);
        }
        else if (!TryAdvance(sequence))
        {
            return;
        }

        _received++;
        UpdateJitter(now, timestamp);
    }

    /// <summary>
    /// Remembers a sender report of the source, for the round trip that our next report lets it compute.
    /// </summary>
    public void HandleSenderReport(Instant now, NtpTimestamp ntp)
    {
        _lastSenderReport = ntp.Middle;
        _lastSenderReportAt = now;
    }

    /// <summary>The report since the last call. False before the first packet.</summary>
    public bool TryReport(Instant now, out ReportBlock report)
    {
        report = default;
        if (!_hasPacket)
        {
            return false;
        }

        // Appendix A.3.
        var expected = _highest - _first + 1;
        var expectedNow = expected - _expectedBefore;
        var lostNow = expectedNow - (_received - _receivedBefore);
        _expectedBefore = expected;
        _receivedBefore = _received;
        var fraction = expectedNow <= 0 || lostNow <= 0 ? 0 : Math.Min(byte.MaxValue, (lostNow << 8) / expectedNow);
        report = new ReportBlock(
            _ssrc,
            (byte)fraction,
            (int)Math.Clamp(expected - _received, int.MinValue, int.MaxValue),
            (uint)_highest,
            _scaledJitter >> 4,
            _lastSenderReport,
            _lastSenderReport == 0 ? 0 : NtpTimestamp.ToShort(now - _lastSenderReportAt)
        );
        return true;
    }

    private void Restart(ushort sequence)
    {
        _hasPacket = true;
        _hasTransit = false;
        _first = sequence;
        _highest = sequence;
        _received = 0;
        _expectedBefore = 0;
        _receivedBefore = 0;
        _suspect = -1;
    }

    /// <summary>
    /// Appendix A.1: two packets in a row after a jump make it a new start; one alone is passed over.
    /// </summary>
    private bool TryAdvance(ushort sequence)
    {
        var distance = SequenceNumber.Distance((ushort)_highest, sequence);
        if (distance is < DropoutMax and > -MisorderMax)
        {
            _highest = Math.Max(_highest, _highest + distance);
            _suspect = -1;
            return true;
        }

        if (sequence == _suspect)
        {
            Restart(sequence);
            return true;
        }

        _suspect = (ushort)(sequence + 1);
        return false;
    }

    /// <summary>Appendix A.8, in integers: J += |D| - (J + 8) / 16, J being sixteen times the jitter.</summary>
    private void UpdateJitter(Instant now, uint timestamp)
    {
        var seconds = now.Nanoseconds / NanosecondsPerSecond;
        var rest = now.Nanoseconds % NanosecondsPerSecond;
        var arrival = unchecked((uint)((seconds * _clockRate) + (rest * _clockRate / NanosecondsPerSecond)));
        var transit = unchecked(arrival - timestamp);
        if (_hasTransit)
        {
            var difference = (uint)Math.Abs((long)unchecked((int)(transit - _transit)));
            _scaledJitter = unchecked(_scaledJitter + difference - ((_scaledJitter + 8) >> 4));
        }

        _transit = transit;
        _hasTransit = true;
    }
}
