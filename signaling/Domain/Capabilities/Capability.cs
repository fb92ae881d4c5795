namespace Spaces.Signaling.Domain.Capabilities;

/// <summary>What an operator may open to people in stages. The numbers are those of the protocol and of stored
/// rules.</summary>
public enum Capability
{
    /// <summary>To open and to schedule Spaces.</summary>
    Host = 1,

    /// <summary>To be heard in a Space.</summary>
    Speak = 2,

    /// <summary>To enter a Space.</summary>
    Listen = 3,
}
