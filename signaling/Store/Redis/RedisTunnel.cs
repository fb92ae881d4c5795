using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;

namespace Spaces.Signaling.Store.Redis;

/// <summary>
/// A door on loopback through which the client library reaches one server over TLS and as a user: see ADR 0012.
/// </summary>
/// <remarks>
/// Whoever comes must first say AUTH with a word that only this process knows; the server's reply to our own login
/// takes the place of ours. Everything after is copied as it is.
/// </remarks>
internal sealed class RedisTunnel : IDisposable
{
    private const int WordLength = 32;
    private const int CopyLength = 64 * 1024;

    private static readonly TimeSpan LoginTimeout = TimeSpan.FromSeconds(5);

    private readonly RedisAddress _server;
    private readonly RedisDialer _dialer;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    public RedisTunnel(RedisAddress server, RedisDialer dialer)
    {
        (_server, _dialer) = (server, dialer);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        Track(AcceptAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>What the client library gives as its password.</summary>
    public string Word { get; } = RandomNumberGenerator.GetHexString(2 * WordLength);

    /// <summary>Why the last try to reach the server failed; null after one that did not.</summary>
    public string? Problem { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Track(ServeAsync(socket));
            }
            catch (Exception error)
                when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                if (_stop.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using var near = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await using var far = await LogInAsync(near);
            await near.WriteAsync("+OK\r\n"u8.ToArray(), _stop.Token);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            await await Task.WhenAny(CopyAsync(near, far, either.Token), CopyAsync(far, near, either.Token));
            await either.CancelAsync();
        }
        catch (RedisRefusedException refused)
        {
            Problem = $"{_server}: {refused.Message}";
        }
        catch (AuthenticationException error)
        {
            Problem = $"{_server}: TLS failed: {error.Message}";
        }
        catch (Exception error) when (error is IOException or SocketException or CryptographicException)
        {
            Problem = $"{_server}: {error.Message}";
        }
        catch (OperationCanceledException)
        {
            Problem = $"{_server} did not answer in time.";
        }
    }

    private async Task<Stream> LogInAsync(NetworkStream near)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(LoginTimeout);
        var expected = RedisWire.Encode([Encoding.ASCII.GetBytes("AUTH"), Encoding.ASCII.GetBytes(Word)]);
        var said = new byte[expected.Length];
        await near.ReadExactlyAsync(said, patience.Token);
        if (!CryptographicOperations.FixedTimeEquals(said, expected))
        {
            throw new IOException("A stranger knocked at the local end of the tunnel.");
        }

        var far = await _dialer.DialAsync(_server, patience.Token);
        Problem = null;
        return far;
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[CopyLength];
        int length;
        while ((length = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
        }
    }

    /// <summary>Keeps a task until it is done.</summary>
    private void Track(Task task)
    {
        _running[task] = true;
        task.ContinueWith(
            done => _running.TryRemove(done, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }
}
