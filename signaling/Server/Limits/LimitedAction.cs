namespace Spaces.Signaling.Server.Limits;

/// <summary>What is limited by account and by address, beyond the budget of a connection.</summary>
internal enum LimitedAction
{
    CreateRoom,
    DevelopmentToken,
    Whip,
    RedeemCode,
    Feedback,
}
