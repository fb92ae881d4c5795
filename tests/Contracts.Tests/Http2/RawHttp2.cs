using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>One side of an HTTP/2 connection that sends whatever it is told, frame by frame.</summary>
internal sealed class RawHttp2(TcpClient tcp) : IDisposable
{
    public const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private const int HeaderLength = 9;
    private const int SilenceMilliseconds = 2000;

    private readonly Stream _stream = Prepare(tcp);

    /// <summary>A client's connection, its settings exchanged.</summary>
    public static RawHttp2 Connect(Uri address, params (int Name, long Value)[] settings)
    {
        var connection = ConnectWithoutPreface(address);
        connection.SendBytes(Encoding.ASCII.GetBytes(Preface));
        connection.Send(FrameType.Settings, Flag.None, 0, Settings(settings));
        var isFirst = connection.Read() is { Type: FrameType.Settings };
        Assert.That(isFirst, Is.True, "A server's first frame is SETTINGS.");
        connection.Send(FrameType.Settings, Flag.Ack, 0);
        return connection;
    }

    public static RawHttp2 ConnectWithoutPreface(Uri address) => new(new TcpClient(address.Host, address.Port));

    public static byte[] Settings(params (int Name, long Value)[] settings)
    {
        var payload = new byte[6 * settings.Length];
        foreach (var (index, (name, value)) in settings.Index())
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(6 * index), (ushort)name);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(6 * index + 2), (uint)value);
        }
        return payload;
    }

    public static byte[] Number(long value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        return bytes;
    }

    public void Send(FrameType type, int flags, int stream, params byte[] payload) =>
        SendBytes(Encode(type, flags, stream, payload));

    public static byte[] Encode(FrameType type, int flags, int stream, params byte[] payload)
    {
        var frame = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)payload.Length << 8);
        frame[3] = (byte)type;
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderLength);
        return frame;
    }

    /// <summary>Silent where the other side has closed the connection, since that may be its answer.</summary>
    public void SendBytes(byte[] bytes) => TrySendBytes(bytes);

    /// <returns>False where the other side has closed the connection or takes nothing any more.</returns>
    public bool TrySendBytes(byte[] bytes)
    {
        try
        {
            _stream.Write(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public byte[] ReadBytes(int count)
    {
        var bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    /// <returns>The next frame, or null where the connection was closed.</returns>
    /// <exception cref="TimeoutException">Nothing came.</exception>
    public Frame? Read()
    {
        try
        {
            var header = ReadBytes(HeaderLength);
            var payload = ReadBytes((int)(BinaryPrimitives.ReadUInt32BigEndian(header) >> 8));
            return new Frame(
                (FrameType)header[3],
                header[4],
                BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)),
                payload
            );
        }
        catch (EndOfStreamException)
        {
            return null;
        }
        catch (IOException exception)
        {
            var isSilence = exception.InnerException is SocketException { SocketErrorCode: SocketError.TimedOut };
            return isSilence ? throw new TimeoutException("Nothing came.", exception) : null;
        }
    }

    /// <summary>Reads up to a frame; false where the connection was closed before.</summary>
    public bool ReadUntil(Func<Frame, bool> isIt)
    {
        while (Read() is { } frame)
        {
            if (isIt(frame))
            {
                return true;
            }
        }
        return false;
    }

    public void Dispose() => tcp.Dispose();

    private static NetworkStream Prepare(TcpClient tcp)
    {
        tcp.NoDelay = true;
        var stream = tcp.GetStream();
        (stream.ReadTimeout, stream.WriteTimeout) = (SilenceMilliseconds, SilenceMilliseconds);
        return stream;
    }
}
