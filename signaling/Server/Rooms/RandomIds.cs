using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Identifiers that nobody can guess: 128 random bits, 22 characters of [A-Za-z0-9_-].</summary>
internal static class RandomIds
{
    public static string Next() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Not 0; whether it is taken is for the room to say.</summary>
    public static MediaId NextMediaId()
    {
        uint value;
        do
        {
            value = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(4));
        } while (value == 0);

        return new MediaId(value);
    }
}
