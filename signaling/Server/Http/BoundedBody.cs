using System.Buffers;
using System.Text;

namespace Spaces.Signaling.Server.Http;

/// <summary>Reads a request's body as UTF-8, up to a length.</summary>
internal static class BoundedBody
{
    /// <returns>Null when it is longer than <paramref name="lengthMax"/> bytes, or not UTF-8.</returns>
    public static async Task<string?> ReadTextAsync(
        HttpRequest request,
        int lengthMax,
        CancellationToken cancellationToken
    )
    {
        if (request.ContentLength > lengthMax)
        {
            return null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(lengthMax + 1);
        try
        {
            var length = await request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, lengthMax + 1),
                lengthMax + 1,
                throwOnEndOfStream: false,
                cancellationToken
            );
            return length > lengthMax ? null : new UTF8Encoding(false, true).GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
