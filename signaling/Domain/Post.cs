namespace Spaces.Signaling.Domain;

/// <summary>A post from elsewhere that a speaker shared with the room.</summary>
/// <param name="Number">Names it: the number of the event that shared it.</param>
/// <param name="Url">Where it is, https.</param>
/// <param name="Author">Whose it is, as people read it.</param>
/// <param name="Text">What it says.</param>
/// <param name="SharedBy">The account that shared it.</param>
/// <param name="SharedByName">Its name, as it was shown.</param>
/// <param name="SharedAt">When.</param>
public sealed record Post(
    long Number,
    string Url,
    string Author,
    string Text,
    Identity SharedBy,
    string SharedByName,
    DateTimeOffset SharedAt
);
