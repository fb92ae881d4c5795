using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>An HTTP/2 server whose every frame a test decides.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<RawHttp2> _connections = [];
    private readonly Action<RawHttp2, Frame> _answer;
    private readonly byte[] _settings;

    /// <param name="answer">Called with every frame that arrives, settings aside.</param>
    /// <param name="settings">That the server announces.</param>
    public RawServer(Action<RawHttp2, Frame> answer, params (int Name, long Value)[] settings)
    {
        _answer = answer;
        _settings = RawHttp2.Settings(settings);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}";

    public int Connections => _connections.Count;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient tcp;
            try
            {
                tcp = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
            var connection = new RawHttp2(tcp);
            _connections.Add(connection);
            _ = Task.Factory.StartNew(() => Serve(connection), TaskCreationOptions.LongRunning);
        }
    }

    private void Serve(RawHttp2 connection)
    {
        try
        {
            connection.ReadBytes(RawHttp2.Preface.Length);
            connection.Send(FrameType.Settings, Flag.None, 0, _settings);
            while (connection.Read() is { } frame)
            {
                if (frame.Type != FrameType.Settings)
                {
                    _answer(connection, frame);
                }
                else if (!frame.Has(Flag.Ack))
                {
                    connection.Send(FrameType.Settings, Flag.Ack, 0);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or ObjectDisposedException) { }
    }
}
