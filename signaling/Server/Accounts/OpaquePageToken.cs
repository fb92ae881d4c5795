using System.Buffers.Text;
using System.Text;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Page sizes and page tokens of lists that are ordered by a name.</summary>
internal static class OpaquePageToken
{
    public const int PageSizeMax = 1_000;

    private const int PageSizeDefault = 100;
    private const int LengthMax = 2_000;

    /// <exception cref="RpcException">It is too large.</exception>
    public static int PageSize(uint asked)
    {
        Callers.Check(asked > PageSizeMax ? $"page_size is above {PageSizeMax}." : null);
        return asked == 0 ? PageSizeDefault : (int)asked;
    }

    /// <summary>The token of the page after <paramref name="last"/>; empty after the last page.</summary>
    public static string After(string? last, bool isWholePage) =>
        isWholePage && last is not null ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last)) : "";

    /// <returns>The last name of the page before; null for the first page.</returns>
    /// <exception cref="RpcException">It is no token.</exception>
    public static string? Read(string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        if (token.Length <= LengthMax && Base64Url.IsValid(token))
        {
            var name = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            if (RecordKey.IsName(name))
            {
                return name;
            }
        }

        throw Callers.Error(StatusCode.InvalidArgument, "page_token is not one that this server gave.");
    }
}
