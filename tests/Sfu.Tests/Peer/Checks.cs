using System.Text;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Stun;

namespace Spaces.Sfu.Tests.Peer;

/// <summary>Connectivity checks as a browser would send them, or nearly.</summary>
internal static class Checks
{
    public static byte[] To(
        IceCredentials server,
        int seed,
        bool useCandidate = true,
        StunAttribute role = StunAttribute.IceControlling
    ) => Request(server.Ufrag, "peer", Encoding.ASCII.GetBytes(server.Password), seed, useCandidate, role);

    /// <remarks>The seed becomes the transaction id: the same seed is the same transaction.</remarks>
    public static byte[] Request(
        string ufrag,
        string peer,
        byte[] password,
        int seed,
        bool useCandidate = true,
        StunAttribute role = StunAttribute.IceControlling
    )
    {
        var transactionId = new byte[StunMessage.TransactionIdLength];
        new Random(seed).NextBytes(transactionId);
        var buffer = new byte[300];
        var writer = new StunMessageWriter(buffer, StunMessageType.BindingRequest, transactionId);
        writer.Add(StunAttribute.Username, Encoding.ASCII.GetBytes($"{ufrag}:{peer}"));
        writer.Add(role, 42UL);
        writer.Add(StunAttribute.Priority, 0x7E7F1EFFu);
        if (useCandidate)
        {
            writer.Add(StunAttribute.UseCandidate, []);
        }

        writer.AddIntegrity(password);
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }
}
