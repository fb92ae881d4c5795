using System.Diagnostics;
using System.Net;
using Spaces.Load.Swarm;

namespace Spaces.Load.Network;

/// <summary>
/// The wire between the SFU and the generator, both on this machine: two network namespaces joined by a veth pair where
/// the user may make them, else loopback.
/// </summary>
/// <remarks>
/// Namespaces keep the two sides apart as two machines would be: each has its own routes and its own neighbour and
/// socket tables. Addresses are of 198.18.0.0/15, set aside for such tests by RFC 2544, and exist only inside the
/// namespaces.
/// </remarks>
internal sealed class BenchNetwork : IDisposable
{
    private const uint LoopbackParticipants = 0x7F400000; // 127.64.0.0: all of 127/8 is local without any set-up.
    private const uint VethParticipants = 0xC6130000; // 198.19.0.0

    private BenchNetwork(NetworkThread sfuSide, NetworkThread generatorSide, bool isolated, string description)
    {
        SfuSide = sfuSide;
        GeneratorSide = generatorSide;
        SfuAddress = isolated ? IPAddress.Parse("198.18.0.1") : IPAddress.Loopback;
        ParticipantBase = isolated ? VethParticipants : LoopbackParticipants;
        Description = description;
    }

    /// <summary>Starts the SFU and measures beside it.</summary>
    public NetworkThread SfuSide { get; }

    /// <summary>Opens the generator's sockets.</summary>
    public NetworkThread GeneratorSide { get; }

    /// <summary>Where the SFU listens for media and control.</summary>
    public IPAddress SfuAddress { get; }

    /// <summary>The address of participant 0, host order; 65,000 follow.</summary>
    public uint ParticipantBase { get; }

    /// <summary>One sentence for the report.</summary>
    public string Description { get; }

    /// <summary>Makes the best network that this user may make.</summary>
    /// <param name="cores">Where each side runs.</param>
    /// <param name="kind"><c>veth</c>, <c>loopback</c>, or <c>auto</c>: veth if possible.</param>
    /// <exception cref="InvalidOperationException">veth was asked for and is refused.</exception>
    public static BenchNetwork Create(CorePlan cores, string kind)
    {
        if (kind == "loopback")
        {
            return CreateLoopback(cores, "loopback, as asked; both sides share one network stack");
        }

        try
        {
            return CreateVeth(cores);
        }
        catch (InvalidOperationException refused) when (kind == "auto")
        {
            return CreateLoopback(cores, $"loopback; both sides share one network stack ({refused.Message})");
        }
    }

    /// <summary>Opens the socket of the simulated participants.</summary>
    public SharedSocket OpenSwarmSocket() => GeneratorSide.Run(() => new SharedSocket(ParticipantBase));

    public void Dispose()
    {
        SfuSide.Dispose();
        GeneratorSide.Dispose();
    }

    private static BenchNetwork CreateLoopback(CorePlan cores, string description) =>
        new(
            new NetworkThread("sfu side", ownNetwork: false, cores.Sfu),
            new NetworkThread("generator side", ownNetwork: false, cores.Generator),
            isolated: false,
            description
        );

    private static BenchNetwork CreateVeth(CorePlan cores)
    {
        var sfuSide = new NetworkThread("sfu side", ownNetwork: true, cores.Sfu);
        NetworkThread? generatorSide = null;
        try
        {
            generatorSide = new NetworkThread("generator side", ownNetwork: true, cores.Generator);
            RunIp(generatorSide, "link set lo up");
            RunIp(generatorSide, $"link add generator type veth peer name sfu netns {sfuSide.Id}");
            RunIp(generatorSide, "addr add 198.18.0.2/30 dev generator");
            RunIp(generatorSide, "link set generator up");
            RunIp(generatorSide, "route add local 198.19.0.0/16 dev lo");
            RunIp(sfuSide, "link set lo up");
            RunIp(sfuSide, "addr add 198.18.0.1/30 dev sfu");
            RunIp(sfuSide, "link set sfu up");
            RunIp(sfuSide, "route add 198.19.0.0/16 via 198.18.0.2");
            return new BenchNetwork(
                sfuSide,
                generatorSide,
                isolated: true,
                "two network namespaces joined by a veth pair"
            );
        }
        catch
        {
            sfuSide.Dispose();
            generatorSide?.Dispose();
            throw;
        }
    }

    private static void RunIp(NetworkThread side, string arguments)
    {
        var error = side.Run(() =>
        {
            try
            {
                using var ip = Process.Start(
                    new ProcessStartInfo("ip", arguments)
                    {
                        RedirectStandardError = true,
                        RedirectStandardOutput = true,
                    }
                )!;
                var text = ip.StandardError.ReadToEnd();
                ip.WaitForExit();
                return ip.ExitCode == 0 ? null : text.Trim();
            }
            catch (System.ComponentModel.Win32Exception missing)
            {
                return missing.Message;
            }
        });
        if (error is not null)
        {
            throw new InvalidOperationException($"`ip {arguments}` failed: {error}");
        }
    }
}
