using Spaces.Sfu.Server;

if (!new SfuOptionsReader(Environment.GetEnvironmentVariable).TryRead(out var options, out var errors))
{
    Console.Error.WriteLine(errors);
    return 1;
}

try
{
    await using var app = SfuApplication.Build(options, args);
    await app.RunAsync();
    return 0;
}
catch (IOException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
