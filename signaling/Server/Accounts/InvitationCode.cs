using System.Security.Cryptography;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>
/// The text of an invitation code: 130 random bits as 26 characters of Crockford's base 32, which has no letters that
/// look like digits, in groups that can be read aloud.
/// </summary>
internal static class InvitationCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;
    private const int GroupLength = 5;

    /// <summary>Longer is no code, whatever its spaces.</summary>
    private const int TypedLengthMax = 100;

    /// <summary>A new code, as it is stored: without groups.</summary>
    public static string Next() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>As people read it.</summary>
    public static string Format(string code) =>
        string.Join('-', code.Chunk(GroupLength).Select(group => new string(group)));

    /// <summary>Reads what somebody typed: case, spaces and hyphens do not matter, O is 0, I and L are 1.</summary>
    public static bool TryParse(string typed, out string code)
    {
        ArgumentNullException.ThrowIfNull(typed);
        code =
            typed.Length > TypedLengthMax
                ? ""
                : string.Concat(
                    typed.Where(c => c is not ('-' or ' ')).Select(c => Canonical(char.ToUpperInvariant(c)))
                );
        return code.Length == Length && code.All(Alphabet.Contains);
    }

    private static char Canonical(char c) =>
        c switch
        {
            'O' => '0',
            'I' or 'L' => '1',
            _ => c,
        };
}
