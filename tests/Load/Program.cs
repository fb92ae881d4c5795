using Spaces.Load;
using Spaces.Load.Bench;

const string Usage = """
    spaces-load sendcost [--destinations 1000] [--rounds 21] [--network auto|veth|loopback]
        What this machine's kernel charges for a small datagram sent by sendmmsg.
    """;

try
{
    return args.FirstOrDefault() switch
    {
        "sendcost" => SendCostCommand.Run(new CommandLine(args.AsSpan(1)), Console.Out),
        null or "help" or "--help" => Help(),
        var unknown => throw new CommandLineException($"'{unknown}' is no command."),
    };
}
catch (CommandLineException mistake)
{
    Console.Error.WriteLine($"spaces-load: {mistake.Message}\n\n{Usage}");
    return 2;
}

static int Help()
{
    Console.WriteLine(Usage);
    return 0;
}
