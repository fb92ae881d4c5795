using Spaces.Signaling.Server;
using Spaces.Signaling.Server.Media;

try
{
    var options = SignalingOptions.Read(Environment.GetEnvironmentVariable);
    await using var app = SignalingServer.Build(
        options,
        SfuTimings.Default,
        logging =>
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                console.UseUtcTimestamp = true;
            });
            logging.AddFilter("Microsoft", LogLevel.Warning);
        }
    );
    await app.RunAsync();
    return 0;
}
catch (Exception error)
    when (error is SettingsException or IOException or InvalidDataException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
