namespace Grpc.Core;

/// <summary>Whether a channel uses TLS, and who calls over it.</summary>
public sealed class ChannelCredentials
{
    private ChannelCredentials(bool isSecure, CallCredentials? call)
    {
        IsSecure = isSecure;
        Call = call;
    }

    /// <summary>No TLS.</summary>
    public static ChannelCredentials Insecure { get; } = new(isSecure: false, call: null);

    /// <summary>TLS, with the roots that the machine trusts.</summary>
    public static ChannelCredentials SecureSsl { get; } = new(isSecure: true, call: null);

    internal bool IsSecure { get; }

    internal CallCredentials? Call { get; }

    /// <summary>The channel's credentials, with the caller's for every call.</summary>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        ArgumentNullException.ThrowIfNull(channelCredentials);
        ArgumentNullException.ThrowIfNull(callCredentials);
        return new ChannelCredentials(channelCredentials.IsSecure, callCredentials);
    }
}
