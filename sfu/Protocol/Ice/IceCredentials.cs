using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Ice;

/// <summary>One side's user name fragment and password of an ICE session (RFC 8445 §5.3, RFC 8839 §5.4).</summary>
/// <param name="Ufrag">4 to 256 characters of <c>ALPHA / DIGIT / + / /</c>.</param>
/// <param name="Password">22 to 256 of the same. Whoever knows it can move the session's media: never log it.</param>
public sealed record IceCredentials(string Ufrag, string Password)
{
    private const int UfragLengthMin = 4;
    private const int PasswordLengthMin = 22;
    private const int LengthMax = 256;

    /// <summary>48 bits: twice the least that RFC 8445 asks for, since sessions are found by it.</summary>
    private const int UfragEntropyLength = 6;

    /// <summary>144 bits; RFC 8445 asks for 128.</summary>
    private const int PasswordEntropyLength = 18;

    /// <summary>How many random bytes <see cref="FromEntropy"/> takes.</summary>
    public const int EntropyLength = UfragEntropyLength + PasswordEntropyLength;

    /// <summary>Fresh credentials from the system's random numbers.</summary>
    public static IceCredentials Generate()
    {
        Span<byte> entropy = stackalloc byte[EntropyLength];
        RandomNumberGenerator.Fill(entropy);
        return FromEntropy(entropy);
    }

    /// <summary>Credentials from the caller's random bytes, so that a simulation can be replayed.</summary>
    /// <exception cref="ArgumentException">Not exactly <see cref="EntropyLength"/> bytes.</exception>
    public static IceCredentials FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length != EntropyLength)
        {
            throw new ArgumentException($"Give {EntropyLength} random bytes, not {entropy.Length}.", nameof(entropy));
        }

        // Both lengths are multiples of three, so Base64 has no padding and only ice-chars.
        return new IceCredentials(
            Convert.ToBase64String(entropy[..UfragEntropyLength]),
            Convert.ToBase64String(entropy[UfragEntropyLength..])
        );
    }

    /// <summary>Whether both parts have the length and the characters that RFC 8839 §5.4 allows.</summary>
    public bool IsWellFormed =>
        Ufrag.Length is >= UfragLengthMin and <= LengthMax
        && Password.Length is >= PasswordLengthMin and <= LengthMax
        && Ufrag.All(IsIceCharacter)
        && Password.All(IsIceCharacter);

    /// <summary>Without the password, so that a log line cannot leak it.</summary>
    public override string ToString() => $"{nameof(IceCredentials)} {{ Ufrag = {Ufrag} }}";

    private static bool IsIceCharacter(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '+' or '/';
}
