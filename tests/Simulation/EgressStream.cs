namespace Spaces.Simulation;

/// <summary>The numbers and times of one SSRC under one key, as they leave the node.</summary>
internal sealed class EgressStream
{
    private const int Length = 1024;

    private readonly long[] _indexAt = new long[Length];
    private readonly ulong[] _bytesAt = new ulong[Length];
    private long _highest = -1;
    private uint _highestTimestamp;

    /// <summary>Packets that went out a second time, the same to the byte.</summary>
    public long SentAgain { get; private set; }

    /// <summary>Takes in a packet.</summary>
    /// <param name="sequenceNumber">Its number.</param>
    /// <param name="timestamp">Its time.</param>
    /// <param name="bytes">A fingerprint of the whole datagram, as it was encrypted.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Add(ushort sequenceNumber, uint timestamp, ulong bytes)
    {
        if (_highest < 0)
        {
            Array.Fill(_indexAt, -1);
            _highest = sequenceNumber;
            _highestTimestamp = timestamp;
            _indexAt[_highest % Length] = _highest;
            _bytesAt[_highest % Length] = bytes;
            return null;
        }

        var index = _highest + (short)(sequenceNumber - (ushort)_highest);
        if (index <= _highest - Length || index < 0)
        {
            return "too old to tell whether its index was used before";
        }

        if (_indexAt[index % Length] == index)
        {
            SentAgain++;
            return _bytesAt[index % Length] == bytes ? null : "its index was used before, for other bytes";
        }

        var elapsed = (int)(timestamp - _highestTimestamp);
        if (index > _highest ? elapsed <= 0 : elapsed >= 0)
        {
            return $"its time does not go with its number; the highest has {_highest & ushort.MaxValue} at "
                + $"{_highestTimestamp}";
        }

        _indexAt[index % Length] = index;
        _bytesAt[index % Length] = bytes;
        if (index > _highest)
        {
            _highest = index;
            _highestTimestamp = timestamp;
        }

        return null;
    }
}
