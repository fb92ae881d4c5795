using System.Diagnostics.CodeAnalysis;
#pragma warning disable IDE0060
using Spaces.Sfu.Protocol.Ice;

namespace Spaces.Sfu.Protocol.Peer;

/// <summary>ICE, DTLS and SRTP of one peer, composed: the one facade the rest uses.</summary>
/// <remarks>
/// Sans-IO. After every call that takes a time, drain <see cref="TryDequeueTransmit"/> and
/// <see cref="TryDequeueEvent"/>, then wait for a datagram or <see cref="NextTimeout"/>. Not thread-safe: one worker owns
/// the transport.
/// </remarks>
public sealed class PeerTransport : IDisposable
{
    private readonly Queue<Transmit> _transmits = new();
    private readonly Queue<PeerEvent> _events = new();
    private readonly PeerTransportOptions _options;

    /// <param name="options">What signalling agreed.</param>
    /// <param name="now">When the deadline for the first check begins.</param>
    public PeerTransport(PeerTransportOptions options, Instant now)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        NextTimeout = now + TimeSpan.FromSeconds(30);
    }

    /// <summary>Where media goes, or null while nothing may be sent.</summary>
    public NetworkPath? SelectedPath { get; private set; }

    /// <summary>Whether SRTP keys are installed and the peer still consents.</summary>
    public bool IsConnected { get; private set; }

    public Instant? NextTimeout { get; private set; }

    /// <returns>False when it is no authenticated check of this session; it changed nothing then.</returns>
    public bool HandleStun(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram) =>
        StunIsOurs(datagram) && SelectedPath == path;

    /// <returns>False when the path is not ICE-authenticated; it changed nothing then.</returns>
    public bool HandleDtls(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram) => SelectedPath == path;

    /// <returns>False for anything that may not be believed: wrong path, no keys yet, bad tag, replay.</returns>
    public bool TryUnprotectRtp(NetworkPath path, Span<byte> packet, out int length)
    {
        length = 0;
        return IsConnected && SelectedPath == path;
    }

    /// <inheritdoc cref="TryUnprotectRtp"/>
    public bool TryUnprotectRtcp(NetworkPath path, Span<byte> packet, out int length)
    {
        length = 0;
        return IsConnected && SelectedPath == path;
    }

    /// <summary>Encrypts in place. Only while <see cref="IsConnected"/>.</summary>
    /// <returns>The length with the tag.</returns>
    public int ProtectRtp(Span<byte> buffer, int length) => IsConnected ? length : 0;

    /// <inheritdoc cref="ProtectRtp"/>
    public int ProtectRtcp(Span<byte> buffer, int length) => IsConnected ? length : 0;

    public void HandleTimeout(Instant now) => NextTimeout = null;

    /// <summary>New ICE credentials; DTLS and SRTP go on. Media stays on the old path until the new one is checked.</summary>
    public void RestartIce(IceCredentials local, IceCredentials remote) => SelectedPath = null;

    /// <summary>Says goodbye: queues close_notify. Drain the transmits once more, then dispose.</summary>
    public void Close() => IsConnected = false;

    public bool TryDequeueTransmit(out Transmit transmit) => _transmits.TryDequeue(out transmit);

    public bool TryDequeueEvent([NotNullWhen(true)] out PeerEvent? peerEvent) => _events.TryDequeue(out peerEvent);

    public void Dispose() => IsConnected = false;

    private bool StunIsOurs(ReadOnlySpan<byte> datagram) => datagram.Length > 0 && _options.LocalIce.IsWellFormed;
}
