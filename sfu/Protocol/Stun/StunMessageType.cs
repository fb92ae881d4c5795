namespace Spaces.Sfu.Protocol.Stun;

/// <summary>
/// The message types of the one method ICE uses, Binding: its class and method as one number (RFC 8489 §5).
/// </summary>
public enum StunMessageType : ushort
{
    None = 0,
    BindingRequest = 0x0001,
    BindingIndication = 0x0011,
    BindingSuccess = 0x0101,
    BindingError = 0x0111,
}
