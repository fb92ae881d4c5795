namespace Grpc.Net.Client.Balancer;

/// <summary>The addresses of a channel, and which of them a call should try, in order.</summary>
/// <remarks>
/// An address that could not be reached goes to the end of the order for a while, longer each time: it is tried
/// again only then, or when no other is left.
/// </remarks>
internal sealed class AddressList(
    IReadOnlyList<Uri> addresses,
    bool takesTurns,
    ConnectionBackoff backoff,
    TimeProvider time
)
{
    private readonly Lock _gate = new();
    private readonly Entry[] _entries = [.. addresses.Select(address => new Entry(address))];
    private int _first;

    public Uri[] NextOrder()
    {
        lock (_gate)
        {
            var start = _first;
            if (takesTurns)
            {
                _first = (_first + 1) % _entries.Length;
            }

            var now = time.GetUtcNow();
            return
            [
                .. Enumerable
                    .Range(start, _entries.Length)
                    .Select(index => _entries[index % _entries.Length])
                    .OrderBy(entry => entry.NotBefore > now ? entry.NotBefore : DateTimeOffset.MinValue)
                    .Select(entry => entry.Address),
            ];
        }
    }

    public void Reached(Uri address)
    {
        lock (_gate)
        {
            var index = IndexOf(address);
            (_entries[index].Failures, _entries[index].NotBefore) = (0, default);
            _first = takesTurns ? _first : index;
        }
    }

    public void NotReached(Uri address)
    {
        lock (_gate)
        {
            var entry = _entries[IndexOf(address)];
            entry.Failures++;
            entry.NotBefore = time.GetUtcNow() + backoff.After(entry.Failures);
        }
    }

    private int IndexOf(Uri address) => Array.FindIndex(_entries, entry => entry.Address == address);

    private sealed class Entry(Uri address)
    {
        public Uri Address => address;

        public int Failures { get; set; }

        public DateTimeOffset NotBefore { get; set; }
    }
}
