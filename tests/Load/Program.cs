using System.Runtime.InteropServices;
using Spaces.Load;
using Spaces.Load.Bench;
using Spaces.Load.Grpc;
using Spaces.Load.Live;
using Spaces.Load.Store;

const string Usage = """
    spaces-load bench [--listeners 100,500,1000,2000] [--runs 3] [--seconds 4] [--concurrency 32] [--joins 300]
                      [--network auto|veth|loopback] [--json artifacts/bench.json] [--sfu Spaces.Sfu.Server.dll]
        Starts an SFU node here and measures it: CPU per packet, delay, joins, memory.
    spaces-load grpc [--runs 9] [--seconds 1] [--concurrency 32] [--payload 100]
        The gRPC runtime beside a bare endpoint of the same web server: calls per second, times, allocations.
    spaces-load store [--runs 5] [--seconds 2] [--rooms 32] [--speakers 20]
        Commands to rooms in each store, per second and how long they take, beside redis-benchmark.
    spaces-load sendcost [--destinations 1000] [--rounds 21] [--network auto|veth|loopback]
        What this machine's kernel charges for a small datagram sent by sendmmsg.
    spaces-load listen --url http://host:8080 --room ID [--token JWT] [--count 10] [--seconds 10] [--concurrency 16]
        Listeners into a room of a live system, by WHEP. Without a token a development server is asked for one each.
    spaces-load publish --url http://host:8080 --room ID [--token JWT] [--seconds 10]
        A speaker of stamped silence, by WHIP: `listen` beside it tells the delay.
    """;

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return args.FirstOrDefault() switch
    {
        "bench" => await BenchCommand.RunAsync(Options(), Console.Out, Console.Error, stop.Token),
        "grpc" => await GrpcBenchCommand.RunAsync(Options(), Console.Out, Console.Error),
        "listen" => await ListenCommand.RunAsync(Options(), Console.Out, stop.Token),
        "publish" => await PublishCommand.RunAsync(Options(), Console.Out, stop.Token),
        "store" => await StoreBenchCommand.RunAsync(Options(), Console.Out, Console.Error),
        "sendcost" => SendCostCommand.Run(Options(), Console.Out),
        null or "help" or "--help" => Help(),
        var unknown => throw new CommandLineException($"'{unknown}' is no command."),
    };
}
catch (CommandLineException mistake)
{
    Console.Error.WriteLine($"spaces-load: {mistake.Message}\n\n{Usage}");
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("spaces-load: stopped.");
    return 130;
}
catch (Exception failure) when (failure is IOException or InvalidOperationException or FormatException)
{
    Console.Error.WriteLine($"spaces-load: {failure.Message}");
    return 1;
}

CommandLine Options() => new(args.AsSpan(1));

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

static int Help()
{
    Console.WriteLine(Usage);
    return 0;
}
