using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Carries commands out to the end: decided, told to everybody, and in force on the media nodes.</summary>
internal static class RoomCommands
{
    /// <returns>
    /// Null when it is in force; else why it was refused, or that it is decided and not yet in force everywhere.
    /// </returns>
    public static Task<Refusal?> CarryOutAsync(
        LiveRoom room,
        RoomCommand command,
        CancellationToken cancellationToken
    ) => CarryOutAsync(room, _ => command, cancellationToken);

    /// <param name="room">Where.</param>
    /// <param name="command">Made with the room's gate held, of what is so then.</param>
    /// <param name="cancellationToken">Stops waiting; what is decided comes into force all the same.</param>
    public static async Task<Refusal?> CarryOutAsync(
        LiveRoom room,
        Func<Domain.Room, RoomCommand> command,
        CancellationToken cancellationToken
    ) => await CarryOutAsync(room, state => [command(state)], cancellationToken);

    /// <summary>As the other, for several: when one of them would be refused, none is carried out.</summary>
    public static async Task<Refusal?> CarryOutAsync(
        LiveRoom room,
        Func<Domain.Room, IReadOnlyList<RoomCommand>> commands,
        CancellationToken cancellationToken
    )
    {
        Task<Refusal?>[] effects;
        using (await room.EnterAsync(cancellationToken))
        {
            var wanted = commands(room.Current);
            if (wanted.Count > 1 && RefusalOfAny(room.Current, wanted) is { } refused)
            {
                return refused;
            }

            using var collected = room.CollectEffects();
            foreach (var command in wanted)
            {
                if (await room.CommitAsync(command, cancellationToken) is { } refusal)
                {
                    return refusal;
                }
            }

            effects = [.. collected.Effects];
        }

        return Array.Find(await Task.WhenAll(effects), refusal => refusal is not null);
    }

    private static Refusal? RefusalOfAny(Domain.Room room, IReadOnlyList<RoomCommand> commands)
    {
        foreach (var command in commands)
        {
            var decision = room.Decide(command);
            if (decision.Refusal is { } refusal)
            {
                return Refusal.Of(refusal);
            }

            room = room.Apply(decision.Events);
        }

        return null;
    }
}
