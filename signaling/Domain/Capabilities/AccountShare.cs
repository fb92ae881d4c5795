using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Spaces.Signaling.Domain.Capabilities;

/// <summary>Where an account lies among all accounts when a capability is opened to a share of them.</summary>
/// <remarks>
/// The first 64 bits of SHA-256 over the capability's name, a zero and the identity, modulo 10,000: the same on every
/// node and in every release, even over accounts, and independent from capability to capability, so that it is not
/// always the same people who go first.
/// </remarks>
public static class AccountShare
{
    /// <returns>0-9,999.</returns>
    public static int PlaceOf(Identity identity, Capability capability)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{CapabilityText.NameOf(capability)}\0{identity.Value}"), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Condition.Share.BasisPointsMax);
    }
}
