using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Store;

[TestFixture]
internal sealed class InMemoryRecordStoreTests : RecordStoreContract
{
    private TestClock _clock = null!;

    protected override IRecordStore CreateStore()
    {
        _clock = new TestClock(DateTimeOffset.UnixEpoch.AddYears(56));
        return new InMemoryRecordStore(_clock, SilentStoreObserver.Instance);
    }

    protected override Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Task.CompletedTask;
    }
}
