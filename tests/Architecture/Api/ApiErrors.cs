using System.Text.RegularExpressions;

namespace Spaces.Architecture.Api;

/// <summary>An error that a method may answer, as its comment tells.</summary>
/// <param name="Code">Of gRPC, such as NOT_FOUND.</param>
/// <param name="When">When it is answered.</param>
internal sealed record ApiError(string Code, string When);

/// <summary>
/// What a comment says of a method, and of its errors: <c>NOT_FOUND: no such room.</c> behind everything else, or
/// <c>NOT_FOUND (no such room)</c> in a service's list of errors common to all methods.
/// </summary>
internal sealed partial record ApiErrors(string Text, IReadOnlyList<ApiError> Errors)
{
    private const string Common = "Errors common to all methods:";

    /// <summary>Connect's HTTP status for each code, as the specification of Connect has it.</summary>
    public static IReadOnlyDictionary<string, int> HttpStatuses { get; } =
        new Dictionary<string, int>
        {
            ["CANCELLED"] = 499,
            ["UNKNOWN"] = 500,
            ["INVALID_ARGUMENT"] = 400,
            ["DEADLINE_EXCEEDED"] = 504,
            ["NOT_FOUND"] = 404,
            ["ALREADY_EXISTS"] = 409,
            ["PERMISSION_DENIED"] = 403,
            ["RESOURCE_EXHAUSTED"] = 429,
            ["FAILED_PRECONDITION"] = 400,
            ["ABORTED"] = 409,
            ["OUT_OF_RANGE"] = 400,
            ["UNIMPLEMENTED"] = 501,
            ["INTERNAL"] = 500,
            ["UNAVAILABLE"] = 503,
            ["DATA_LOSS"] = 500,
            ["UNAUTHENTICATED"] = 401,
        };

    /// <summary>Splits the comment of a method into what it does and what it refuses.</summary>
    public static ApiErrors Split(string comment)
    {
        var starts = Start().Matches(comment).Where(match => IsCode(match.Groups["code"].Value)).ToList();
        if (starts.Count == 0)
        {
            return new ApiErrors(comment, []);
        }

        var ends = starts.Skip(1).Select(match => match.Index).Append(comment.Length);
        var errors = starts.Zip(
            ends,
            (start, end) =>
                new ApiError(start.Groups["code"].Value, Sentence(comment[(start.Index + start.Length)..end]))
        );
        return new ApiErrors(comment[..starts[0].Index].Trim(), [.. errors]);
    }

    /// <summary>Splits the comment of a service into what it is and what each of its methods refuses.</summary>
    public static ApiErrors SplitCommon(string comment)
    {
        var start = comment.IndexOf(Common, StringComparison.Ordinal);
        if (start < 0)
        {
            return new ApiErrors(comment, []);
        }

        var errors = Listed()
            .Matches(comment[(start + Common.Length)..])
            .Where(match => IsCode(match.Groups["code"].Value))
            .Select(match => new ApiError(match.Groups["code"].Value, Sentence(match.Groups["when"].Value)));
        return new ApiErrors(comment[..start].Trim(), [.. errors]);
    }

    private static bool IsCode(string word) => HttpStatuses.ContainsKey(word);

    private static string Sentence(string text)
    {
        var line = Markdown.OneLine(text);
        return line.Length == 0 ? "As everywhere." : char.ToUpperInvariant(line[0]) + line[1..].TrimEnd('.') + ".";
    }

    [GeneratedRegex(@"(?<code>[A-Z]+(_[A-Z]+)*)(\s+\((?<when>[^()]*(\([^()]*\)[^()]*)*)\))?")]
    private static partial Regex Listed();

    [GeneratedRegex(@"(?<code>[A-Z]+(_[A-Z]+)*):\s")]
    private static partial Regex Start();
}
