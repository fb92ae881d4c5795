namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>Which of the last 128 packet indices were used (RFC 3711 §3.3.2, which asks for at least 64).</summary>
/// <remarks>
/// A receiver keeps replays out with it, a sender a second packet of one index. <see cref="IsFresh"/> only looks;
/// <see cref="Accept"/> changes the window and is called after the tag was verified, so that no forged packet ever
/// moves it.
/// </remarks>
public struct ReplayWindow
{
    public const int Length = 128;

    private UInt128 _seen;
    private bool _any;

    /// <summary>The highest accepted index; meaningless before the first.</summary>
    public ulong Highest { get; private set; }

    public readonly bool IsEmpty => !_any;

    /// <summary>Whether a packet of this index is new and not too old to tell.</summary>
    public readonly bool IsFresh(ulong index)
    {
        if (!_any || index > Highest)
        {
            return true;
        }

        var age = Highest - index;
        return age < Length && ((_seen >> (int)age) & UInt128.One) == UInt128.Zero;
    }

    /// <summary>Marks an index as seen. The caller has asked <see cref="IsFresh"/> before.</summary>
    public void Accept(ulong index)
    {
        if (!_any)
        {
            _any = true;
            Highest = index;
            _seen = UInt128.One;
        }
        else if (index > Highest)
        {
            var step = index - Highest;
            _seen = (step >= Length ? UInt128.Zero : _seen << (int)step) | UInt128.One;
            Highest = index;
        }
        else if (Highest - index < Length)
        {
            _seen |= UInt128.One << (int)(Highest - index);
        }
    }

    /// <summary>Marks an index and all before it as seen.</summary>
    public void Spend(ulong index)
    {
        if (_any && index < Highest)
        {
            var age = Highest - index;
            _seen |= age >= Length ? UInt128.Zero : UInt128.MaxValue << (int)age;
            return;
        }

        _any = true;
        Highest = index;
        _seen = UInt128.MaxValue;
    }
}
