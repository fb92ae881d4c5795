namespace Grpc.Core;

/// <summary>How a call ended: a code, and a sentence for the developer on the other side.</summary>
public readonly record struct Status
{
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null) { }

    /// <param name="statusCode">What happened, as a code.</param>
    /// <param name="detail">What happened, as a sentence; it travels to the other side.</param>
    /// <param name="debugException">What caused it on this side; it never travels.</param>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        Detail = detail;
        DebugException = debugException;
    }

    public static Status DefaultSuccess { get; } = new(StatusCode.OK, "");

    public static Status DefaultCancelled { get; } = new(StatusCode.Cancelled, "");

    public StatusCode StatusCode { get; }

    public string Detail
    {
        get => field ?? "";
    }

    public Exception? DebugException { get; }

    public override string ToString() => $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")";
}
