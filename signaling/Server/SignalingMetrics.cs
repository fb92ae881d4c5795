using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Spaces.V1;

namespace Spaces.Signaling.Server;

/// <summary>What this process counts. Tags are of bounded sets only: never a room, never a person.</summary>
internal sealed class SignalingMetrics
{
    public const string MeterName = "Spaces.Signaling";

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _malformed;
    private readonly Counter<long> _goodbyes;
    private readonly Histogram<double> _controlCalls;

    public SignalingMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _requests = _meter.CreateCounter<long>(
            "spaces.signaling.requests",
            "{request}",
            "Messages from clients, by what they ask."
        );
        _refusals = _meter.CreateCounter<long>(
            "spaces.signaling.refusals",
            "{refusal}",
            "Requests that were refused, by code."
        );
        _malformed = _meter.CreateCounter<long>(
            "spaces.signaling.malformed",
            "{message}",
            "Messages from clients that could not be read."
        );
        _goodbyes = _meter.CreateCounter<long>(
            "spaces.signaling.goodbyes",
            "{connection}",
            "Connections that the server ended, by reason."
        );
        _controlCalls = _meter.CreateHistogram<double>(
            "spaces.signaling.control_call.duration",
            "s",
            "Calls to media nodes, by method."
        );
    }

    public void Request(ClientMessage.RequestOneofCase request) =>
        _requests.Add(1, new KeyValuePair<string, object?>("request", request.ToString()));

    public void Refused(StatusCode code) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("code", code.ToString()));

    public void Malformed() => _malformed.Add(1);

    public void Goodbye(GoodbyeReason reason) =>
        _goodbyes.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    /// <summary>Measures until it is disposed.</summary>
    public Timing TimeControlCall(string method) => new(_controlCalls, method, Stopwatch.GetTimestamp());

    /// <summary>What is there now: connections, rooms, people, media.</summary>
    public void Observe(
        Func<int> connections,
        Func<int> rooms,
        Func<int> people,
        Func<int> mediaSessions,
        Func<IEnumerable<Measurement<int>>> nodes
    )
    {
        _meter.CreateObservableGauge("spaces.signaling.connections", connections, "{connection}", "Open connections.");
        _meter.CreateObservableGauge("spaces.signaling.rooms", rooms, "{room}", "Live rooms.");
        _meter.CreateObservableGauge("spaces.signaling.people", people, "{person}", "People in live rooms.");
        _meter.CreateObservableGauge(
            "spaces.signaling.media_sessions",
            mediaSessions,
            "{session}",
            "Media sessions on all nodes."
        );
        _meter.CreateObservableGauge(
            "spaces.signaling.node_up",
            nodes,
            description: "1 while a media node lives, else 0."
        );
    }

    internal readonly struct Timing(Histogram<double> histogram, string method, long startedAt) : IDisposable
    {
        public void Dispose() =>
            histogram.Record(
                Stopwatch.GetElapsedTime(startedAt).TotalSeconds,
                new KeyValuePair<string, object?>("method", method)
            );
    }
}
