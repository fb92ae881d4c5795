using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Spaces.Signaling.Server.Http;

/// <summary>Ends a connection whose client says nothing for too long, or only a part of HTTP/2's preface.</summary>
/// <remarks>
/// Kestrel times a request's headers from their first byte on. Before that, and until the preface of RFC 9113
/// section 3.4 is whole, a connection could idle as long as one between two requests.
/// </remarks>
internal static class OpeningDeadline
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static async Task ApplyAsync(ConnectionContext connection, ConnectionDelegate next, TimeSpan max)
    {
        using var deadline = new CancellationTokenSource(max);
        if (await HasOpenedAsync(connection.Transport.Input, deadline.Token))
        {
            await next(connection);
        }
        else
        {
            connection.Abort();
        }
    }

    /// <summary>Looks at the first bytes and leaves them where they are.</summary>
    private static async Task<bool> HasOpenedAsync(PipeReader input, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(cancellationToken);
                var isOpen = result.IsCompleted || !IsPartOfPreface(result.Buffer);
                input.AdvanceTo(result.Buffer.Start, isOpen ? result.Buffer.Start : result.Buffer.End);
                if (isOpen)
                {
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private static bool IsPartOfPreface(in ReadOnlySequence<byte> arrived)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(arrived.Length, Preface.Length);
        arrived.Slice(0, length).CopyTo(start);
        return length < Preface.Length && Preface.StartsWith(start[..length]);
    }
}
