using System.Collections.Concurrent;
using Grpc.Wire;

namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>A stream of gRPC messages that notes of each whether it is compressed, which no API tells.</summary>
internal sealed class FrameWitness(Stream inner, ConcurrentQueue<bool> compressed) : Stream
{
    private readonly byte[] _header = new byte[GrpcFraming.HeaderLength];
    private int _headerLength;
    private long _payloadLeft;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await inner.ReadAsync(buffer, cancellationToken);
        Note(buffer.Span[..length]);
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var length = inner.Read(buffer, offset, count);
        Note(buffer.AsSpan(offset, length));
        return length;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Note(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_payloadLeft > 0)
            {
                var skipped = (int)Math.Min(_payloadLeft, bytes.Length);
                _payloadLeft -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
            if (_headerLength == GrpcFraming.HeaderLength)
            {
                compressed.Enqueue(_header[0] == 1);
                _payloadLeft = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(1));
                _headerLength = 0;
            }
        }
    }
}
