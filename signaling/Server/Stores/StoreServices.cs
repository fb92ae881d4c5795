using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Server.Stores;

/// <summary>Where this process keeps rooms and records: in Redis, in a journal, or in memory.</summary>
internal static class StoreServices
{
    public static void AddStores(this IServiceCollection services, SignalingOptions options)
    {
        services.AddSingleton<StoreObserver>();
        if (options.Redis is { } redis)
        {
            services.AddSingleton(provider => new RedisConnection(redis, Observer(provider)));
            services.AddHostedService<StorePatience>();
            services.AddSingleton<IRoomStore>(provider => new RedisRoomStore(
                provider.GetRequiredService<RedisConnection>(),
                new RoomRetention(),
                Observer(provider)
            ));
            services.AddSingleton<IRecordStore>(provider => new RedisRecordStore(
                provider.GetRequiredService<RedisConnection>(),
                Observer(provider)
            ));
            services.AddSingleton(provider => new StoreHealth(provider.GetRequiredService<RedisConnection>()));
            services.AddHostedService<RedisOpening>();
            return;
        }

        services.AddSingleton(new StoreHealth(redis: null));
        services.AddSingleton(provider => OpenRooms(options, provider));
        if (options.DataDirectory is { } directory)
        {
            services.AddSingleton(provider => OpenRecords(directory, provider));
            services.AddSingleton<IRecordStore>(provider => provider.GetRequiredService<JournaledRecordStore>());
            services.AddHostedService<RecordFlusher>();
            return;
        }

        services.AddSingleton<IRecordStore>(provider => new InMemoryRecordStore(
            provider.GetRequiredService<TimeProvider>(),
            Observer(provider)
        ));
    }

    private static StoreObserver Observer(IServiceProvider provider) => provider.GetRequiredService<StoreObserver>();

    private static IRoomStore OpenRooms(SignalingOptions options, IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<ILogger<StoreObserver>>();
        if (options.DataDirectory is not { } directory)
        {
            SignalingLog.NoJournal(logger);
            return new InMemoryRoomStore();
        }

        var store = JournaledRoomStore.Open(directory, new RoomRetention(), out var recovery);
        SignalingLog.JournalOpened(logger, recovery.LiveRooms, recovery.EndedRooms);
        if (recovery.CutOffBytes > 0)
        {
            SignalingLog.JournalCutOff(logger, recovery.CutOffBytes);
        }

        return store;
    }

    private static JournaledRecordStore OpenRecords(string directory, IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var store = JournaledRecordStore.Open(directory, time, Observer(provider), out var cutOff);
        if (cutOff > 0)
        {
            SignalingLog.RecordsCutOff(provider.GetRequiredService<ILogger<StoreObserver>>(), cutOff);
        }

        return store;
    }
}
