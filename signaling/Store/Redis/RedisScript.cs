using System.Security.Cryptography;
using System.Text;

namespace Spaces.Signaling.Store.Redis;

/// <summary>
/// A Lua script that Redis runs as one step. Touches keys of one hash tag only: a cluster has it in one place.
/// </summary>
internal sealed class RedisScript
{
    public RedisScript(string text)
    {
        Text = text;
#pragma warning disable CA5350 // Redis names scripts by their SHA-1; nothing is protected by it.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    public string Text { get; }

    public byte[] Hash { get; }
}
