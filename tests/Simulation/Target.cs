using Spaces.Sfu.Protocol;

namespace Spaces.Simulation;

/// <summary>Where a datagram in flight goes: whoever has the address, and which of theirs it is.</summary>
internal readonly record struct Target(ISimulatedEnd End, TransportAddress Address);
