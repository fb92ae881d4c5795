using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Spaces.Sfu.Protocol.Sdp;

namespace Spaces.Sfu.Server.Control;

/// <summary>A room with sessions on this node.</summary>
/// <param name="id">As signaling calls it.</param>
/// <param name="number">As the workers call it; never used twice.</param>
/// <param name="homeWorker">Whose thread selects the speakers.</param>
internal sealed class RoomRecord(string id, uint number, int homeWorker)
{
    public string Id { get; } = id;

    public uint Number { get; } = number;

    public int HomeWorker { get; } = homeWorker;

    /// <summary>
    /// The same for all listeners of the room, new for every room: no key meets an SSRC of an earlier start.
    /// </summary>
    public IReadOnlyList<SlotIdentity> Slots { get; } = CreateSlots();

    /// <summary>By media id. Guarded by the table's lock.</summary>
    public Dictionary<uint, ControlSession> Sessions { get; } = [];

    private static SlotIdentity[] CreateSlots()
    {
        var cname = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var ssrcs = new HashSet<uint>();
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        while (ssrcs.Count < AudioAnswerOptions.SlotsMax)
        {
            RandomNumberGenerator.Fill(bytes);
            ssrcs.Add(Math.Max(1, BinaryPrimitives.ReadUInt32BigEndian(bytes)));
        }

        return
        [
            .. ssrcs.Select(
                (ssrc, index) => new SlotIdentity(ssrc, cname, $"slot-{Text(index)}", $"audio-{Text(index)}")
            ),
        ];
    }

    private static string Text(int index) => index.ToString(CultureInfo.InvariantCulture);
}
