using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Store;

[TestFixture]
internal sealed class InMemoryRoomStoreTests : RoomStoreContract
{
    protected override IRoomStore CreateStore(int eventsMax = 1_000, int endedRoomsMax = 1_000) =>
        new InMemoryRoomStore(new RoomRetention(eventsMax, endedRoomsMax));
}
