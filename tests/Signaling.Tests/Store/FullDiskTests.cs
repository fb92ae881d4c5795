using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Store;

/// <summary>
/// Goal: a disk without room refuses commits and harms nothing that was there. Method: files that stop taking bytes in
/// the middle of a write, as a file system does, and at will do not even let themselves be cut.
/// </summary>
[TestFixture]
internal sealed class FullDiskTests
{
    private static readonly RoomId Id = new("room");
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    private readonly Disk _disk = new();
    private string _directory = null!;

    [SetUp]
    public void CreateDirectory()
    {
        _directory = Directory.CreateTempSubdirectory("spaces-full-disk-").FullName;
        _disk.Room = long.MaxValue;
        _disk.MayCut = true;
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task A_commit_that_does_not_fit_is_refused_and_the_next_that_does_is_kept([Values] bool mayCut)
    {
        using (var store = Open(out _))
        {
            await AppendAsync(store, 0, new RoomEvent.Opened("A talk", new Identity("ada"), "Ada", Now));
            (_disk.Room, _disk.MayCut) = (20, mayCut);

            Assert.That(
                async () => await AppendAsync(store, 1, Title("Lost")),
                Throws.InstanceOf<RoomStoreUnavailableException>()
            );
            Assert.That((await store.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("A talk"));

            (_disk.Room, _disk.MayCut) = (long.MaxValue, true);
            await AppendAsync(store, 1, Title("Kept"));
            await AppendAsync(store, 2, Title("Too"));
        }

        using var reopened = Open(out var recovery);
        Assert.That(recovery, Is.EqualTo(new JournalRecovery(1, 0, 0)));
        Assert.That((await reopened.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("Too"));
    }

    [Test]
    public async Task A_journal_that_cannot_be_compacted_grows_on_and_says_so_once()
    {
        using (var store = Open(out _))
        {
            await AppendAsync(store, 0, new RoomEvent.Opened("A talk", new Identity("ada"), "Ada", Now));
        }

        _disk.Room = 0;
        using (var store = Open(out var recovery))
        {
            Assert.That(recovery.LiveRooms, Is.EqualTo(1), "a full disk is no reason not to start");
            Assert.That(store.Flush, Throws.InstanceOf<IOException>().With.Message.Contains("could not be compacted"));
            Assert.That(store.Flush, Throws.Nothing);
            _disk.Room = long.MaxValue;
            await AppendAsync(store, 1, Title("Goes on"));
        }

        using var reopened = Open(out _);
        Assert.That((await reopened.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("Goes on"));
        Assert.That(Directory.GetFiles(_directory, "*.new"), Is.Empty);
    }

    private static RoomEvent.TitleChanged Title(string title) => new(title, Now);

    private static async Task AppendAsync(JournaledRoomStore store, long version, RoomEvent next) =>
        Assert.That(await store.TryAppendAsync(Id, version, [next], CancellationToken.None), Is.True);

    private JournaledRoomStore Open(out JournalRecovery recovery) =>
        JournaledRoomStore.Open(_directory, new RoomRetention(), _disk.Open, out recovery);

    /// <summary>How much may still be written.</summary>
    private sealed class Disk
    {
        public long Room { get; set; }

        public bool MayCut { get; set; }

        public FileStream Open(string path, FileMode mode) => new File(this, path, mode);

        private sealed class File(Disk disk, string path, FileMode mode)
            : FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0)
        {
            public override void Write(byte[] buffer, int offset, int count)
            {
                var fits = (int)Math.Min(disk.Room, count);
                base.Write(buffer, offset, fits);
                disk.Room -= fits;
                if (fits < count)
                {
                    throw new IOException("No space left on device");
                }
            }

            public override void SetLength(long value)
            {
                if (!disk.MayCut)
                {
                    throw new IOException("Input/output error");
                }

                base.SetLength(value);
            }
        }
    }
}
