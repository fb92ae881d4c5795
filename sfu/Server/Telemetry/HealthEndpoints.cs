namespace Spaces.Sfu.Server.Telemetry;

/// <summary>/healthz: the process answers. /readyz: its workers take sessions. /metrics: Prometheus text.</summary>
/// <remarks>On the control address only; no room or session is named.</remarks>
internal static class HealthEndpoints
{
    private const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";

    public static void Map(WebApplication app)
    {
        app.MapGet("/healthz", () => Results.Text("ok\n"));
        app.MapGet("/readyz", () => Results.Text("ready\n"));
        app.MapGet("/metrics", (SfuMetrics metrics) => Results.Text(PrometheusPage.Render(metrics), PrometheusText));
    }
}
