using System.Net;
using Spaces.Sfu.Server.Control;
using Spaces.Sfu.Tests.Peer;

namespace Spaces.Simulation;

/// <summary>What people, networks and attackers do in two rooms, drawn from the world's seed.</summary>
internal sealed class Scenario(World world)
{
    private const int RoomSizeMax = 7;
    private const int ActionMillisecondsMax = 1200;

    public static readonly MediaPermissions Speaker = new(MayPublish: true, IsMuted: false, MaySubscribe: true);
    public static readonly MediaPermissions Muted = Speaker with { IsMuted = true };
    public static readonly MediaPermissions Listener = new(MayPublish: false, IsMuted: false, MaySubscribe: true);
    public static readonly MediaPermissions Publisher = Speaker with { MaySubscribe = false };

    public static readonly LinkConditions Bad = new(
        LossRate: 0.02,
        DelayMin: TimeSpan.FromMilliseconds(5),
        DelayMax: TimeSpan.FromMilliseconds(60)
    )
    {
        DuplicationRate = 0.01,
    };

    /// <summary>Longer than any consent check is apart, and than any retry of a handshake.</summary>
    private static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(15);

    private static readonly string[] Rooms = ["red", "blue"];

    private readonly Random _random = new(world.Seed);

    /// <summary>Those who are in and reachable, as far as they know.</summary>
    private SimulatedPeer[] Present => [.. world.Peers.Where(peer => peer is { IsOpen: true, IsDead: false })];

    public void Run(TimeSpan duration)
    {
        foreach (var room in Rooms)
        {
            for (var i = 0; i < 4; i++)
            {
                Join(room, i < 3 ? Speaker : Listener);
            }
        }

        var end = world.Now + duration;
        while (world.Now < end)
        {
            world.Run(TimeSpan.FromMilliseconds(_random.Next(ActionMillisecondsMax)));
            Act();
        }
    }

    /// <summary>When networks are good again, everybody who is left hears whoever speaks.</summary>
    public void Recover()
    {
        world.Conditions = LinkConditions.Good;
        foreach (var peer in Present)
        {
            peer.IsOffline = false;
            world.SetPermissions(peer, Speaker);
            peer.IsTalking = peer.HasMicrophone;
        }

        world.Run(RecoveryTime);
        Array.ForEach(Present, peer => peer.ForgetHeard());
        world.Run(TimeSpan.FromSeconds(1));
        foreach (var peer in Present)
        {
            Assert.That(peer.IsConnected, $"Seed {world.Seed}: {peer.SessionId} did not come back.");
            if (Present.Any(other => other.Room == peer.Room && other != peer && other.HasMicrophone))
            {
                Assert.That(peer.Heard, Is.Not.Empty, $"Seed {world.Seed}: {peer.SessionId} hears nobody.");
            }
        }
    }

    private void Act()
    {
        var peer = Present is { Length: > 0 } present ? present[_random.Next(present.Length)] : Join(Rooms[0], Speaker);
        switch (_random.Next(16))
        {
            case 0 or 1 or 2:
                peer.IsTalking = !peer.IsTalking;
                peer.Level = (byte)_random.Next(10, 70);
                break;
            case 3:
                world.SetPermissions(peer, Muted);
                break;
            case 4:
                world.SetPermissions(peer, Listener);
                break;
            case 5 or 6 or 7:
                world.SetPermissions(peer, Speaker);
                break;
            case 8:
                world.SetPermissions(peer, Publisher);
                break;
            case 9:
                world.Leave(peer);
                peer.IsDead = _random.Next(2) == 0; // Else it goes on sending to a session that is no more.
                break;
            case 10:
                peer.Rebind();
                break;
            case 11:
                RestartIce(peer);
                break;
            case 12:
                peer.IsOffline = !peer.IsOffline;
                break;
            case 13:
                peer.IsDead = true;
                break;
            case 14:
                Attack(peer);
                break;
            default:
                Join(Rooms[_random.Next(Rooms.Length)], _random.Next(3) == 0 ? Listener : Speaker);
                break;
        }
    }

    private SimulatedPeer Join(string room, MediaPermissions permissions)
    {
        var members = Present.Where(peer => peer.Room == room).ToArray();
        if (members.Length >= RoomSizeMax)
        {
            world.Leave(members[0]);
        }

        var hasMicrophone = _random.Next(5) > 0;
        var slots = hasMicrophone ? 3 : 1 + _random.Next(3);
        var peer = world.Join(room, permissions, hasMicrophone, slots, PeerAbilities.Draw(_random));
        peer.IsTalking = hasMicrophone && _random.Next(2) == 0;
        return peer;
    }

    private void RestartIce(SimulatedPeer peer)
    {
        if (_random.Next(2) == 0)
        {
            peer.Rebind();
        }

        world.RestartIce(peer);
    }

    /// <summary>Noise of every kind, from nowhere and in the name of a participant.</summary>
    private void Attack(SimulatedPeer victim)
    {
        for (var i = 0; i < 20; i++)
        {
            var noise = new byte[_random.Next(1, 200)];
            _random.NextBytes(noise);
            noise[0] = (byte)(
                i % 4 == 0 ? 0
                : i % 4 == 1 ? 22
                : 0x80
            );
            var nowhere = Addresses.Of(new IPAddress([203, 0, 113, (byte)i]), 9);
            world.Forge(i % 2 == 0 ? nowhere : victim.Address, noise);
        }
    }
}
