using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>What a client built against one version of spaces.v1 would stumble over in a later one.</summary>
/// <remarks>
/// Wire format, JSON names and generated code all count. Whatever is new is allowed. A field may go in one way only:
/// deprecated in the release before, and its number and name reserved from then on. Everything else stays.
/// </remarks>
internal sealed class ApiCompatibility
{
    private readonly FileDescriptorSet _current;
    private readonly FileDescriptorSet _released;
    private readonly Dictionary<string, DescriptorProto> _messages;
    private readonly Dictionary<string, EnumDescriptorProto> _enums;
    private readonly IReadOnlySet<string> _keptForLater;

    /// <param name="released">The earlier version.</param>
    /// <param name="current">The later one.</param>
    /// <param name="keptForLater">
    /// Reserved numbers that were never in use and are free to be taken, such as <c>spaces.v1.Role 3</c>.
    /// </param>
    public ApiCompatibility(FileDescriptorSet released, FileDescriptorSet current, IReadOnlySet<string> keptForLater)
    {
        _released = released;
        _current = current;
        _keptForLater = keptForLater;
        _messages = ApiTypes.Messages(current).ToDictionary(entry => entry.Name, entry => entry.Message);
        _enums = ApiTypes.Enums(current).ToDictionary(entry => entry.Name, entry => entry.Enum);
    }

    /// <summary>A sentence for each break; none when every old client can go on.</summary>
    public IEnumerable<string> Breaks() =>
        _released
            .File.Where(ApiTypes.IsOurs)
            .SelectMany(FileBreaks)
            .Concat(ApiTypes.Messages(_released).SelectMany(entry => MessageBreaks(entry.Name, entry.Message)))
            .Concat(ApiTypes.Enums(_released).SelectMany(entry => EnumBreaks(entry.Name, entry.Enum)))
            .Concat(new ServiceCompatibility(_released, _current).Breaks());

    private IEnumerable<string> FileBreaks(FileDescriptorProto before)
    {
        var now = _current.File.SingleOrDefault(file => file.Name == before.Name);
        return now is null
            ? []
            : Differences(
                before.Name,
                ("package", before.Package, now.Package),
                ("syntax", before.Syntax, now.Syntax),
                ("C# namespace", before.Options?.CsharpNamespace ?? "", now.Options?.CsharpNamespace ?? "")
            );
    }

    private IEnumerable<string> MessageBreaks(string name, DescriptorProto before)
    {
        if (!_messages.TryGetValue(name, out var now))
        {
            return [$"Message {name} is gone. Keep it."];
        }

        return before
            .Field.SelectMany(field => FieldBreaks(name, before, field, now))
            .Concat(
                before
                    .ReservedRange.SelectMany(range => Enumerable.Range(range.Start, range.End - range.Start))
                    .SelectMany(number =>
                        NumberBreaks(name, number, IsReserved(now, number), NameOf(now.Field, number))
                    )
            )
            .Concat(
                before.ReservedName.SelectMany(reserved =>
                    NameBreaks(name, reserved, now.ReservedName, now.Field.Any(field => field.Name == reserved))
                )
            );
    }

    private static IEnumerable<string> FieldBreaks(
        string message,
        DescriptorProto owner,
        FieldDescriptorProto before,
        DescriptorProto nowOwner
    )
    {
        var name = $"{message}.{before.Name}";
        var now = nowOwner.Field.SingleOrDefault(field => field.Number == before.Number);
        if (now is not null)
        {
            return Differences(
                name,
                ("name", before.Name, now.Name),
                ("JSON name", before.JsonName, now.JsonName),
                ("type", ApiTypes.TypeOf(before), ApiTypes.TypeOf(now)),
                ("label", ApiTypes.LabelOf(before), ApiTypes.LabelOf(now)),
                ("oneof", ApiTypes.ChoiceOf(owner, before), ApiTypes.ChoiceOf(nowOwner, now))
            );
        }

        if (nowOwner.Field.SingleOrDefault(field => field.Name == before.Name) is { } moved)
        {
            return [$"{name}: number was {before.Number}, is {moved.Number}. Give it its number back."];
        }

        return RemovalBreaks(name, before, nowOwner);
    }

    private static IEnumerable<string> RemovalBreaks(string name, FieldDescriptorProto before, DescriptorProto nowOwner)
    {
        if (before.Options is not { Deprecated: true })
        {
            yield return $"{name} is gone. Keep it; only what a release marked deprecated may go.";
        }

        if (!IsReserved(nowOwner, before.Number))
        {
            yield return $"{name} is gone and its number is free. Add `reserved {before.Number};`.";
        }

        if (!nowOwner.ReservedName.Contains(before.Name))
        {
            yield return $"{name} is gone and its name is free. Add `reserved \"{before.Name}\";`.";
        }
    }

    private IEnumerable<string> EnumBreaks(string name, EnumDescriptorProto before)
    {
        if (!_enums.TryGetValue(name, out var now))
        {
            return [$"Enum {name} is gone. Keep it."];
        }

        return before
            .Value.SelectMany(value => ValueBreaks(name, value, now))
            .Concat(
                before
                    .ReservedRange.SelectMany(range => Enumerable.Range(range.Start, range.End - range.Start + 1))
                    .SelectMany(number => NumberBreaks(name, number, IsReserved(now, number), NameOf(now, number)))
            )
            .Concat(
                before.ReservedName.SelectMany(reserved =>
                    NameBreaks(name, reserved, now.ReservedName, now.Value.Any(value => value.Name == reserved))
                )
            );
    }

    private static IEnumerable<string> ValueBreaks(
        string name,
        EnumValueDescriptorProto before,
        EnumDescriptorProto enumNow
    )
    {
        var now = enumNow.Value.SingleOrDefault(value => value.Name == before.Name);
        if (now is not null)
        {
            return Differences($"{name}.{before.Name}", ("number", $"{before.Number}", $"{now.Number}"));
        }

        return NameOf(enumNow, before.Number) is { } renamed
            ? [$"{name}.{before.Name}: name was {before.Name}, is {renamed}. Give it its name back."]
            : [$"{name}.{before.Name} is gone. Keep it; a value of an enum never goes."];
    }

    private IEnumerable<string> NumberBreaks(string owner, int number, bool isStillReserved, string? taker)
    {
        if (isStillReserved || _keptForLater.Contains($"{owner} {number}"))
        {
            return [];
        }

        return taker is null
            ? [$"{owner}: number {number} is no longer reserved. Add `reserved {number};` again."]
            : [$"{owner}.{taker} takes the number {number}, which is reserved. Take another."];
    }

    private static IEnumerable<string> NameBreaks(
        string owner,
        string name,
        IEnumerable<string> reservedNow,
        bool isTaken
    )
    {
        if (isTaken)
        {
            yield return $"{owner}.{name} takes a name that is reserved. Take another.";
        }
        else if (!reservedNow.Contains(name))
        {
            yield return $"{owner}: name {name} is no longer reserved. Add `reserved \"{name}\";` again.";
        }
    }

    private static bool IsReserved(DescriptorProto message, int number) =>
        message.ReservedRange.Any(range => number >= range.Start && number < range.End);

    private static bool IsReserved(EnumDescriptorProto type, int number) =>
        type.ReservedRange.Any(range => number >= range.Start && number <= range.End);

    private static string? NameOf(IEnumerable<FieldDescriptorProto> fields, int number) =>
        fields.FirstOrDefault(field => field.Number == number)?.Name;

    private static string? NameOf(EnumDescriptorProto type, int number) =>
        type.Value.FirstOrDefault(value => value.Number == number)?.Name;

    private static IEnumerable<string> Differences(
        string name,
        params IEnumerable<(string What, string Before, string Now)> properties
    ) =>
        properties
            .Where(property => property.Before != property.Now)
            .Select(property =>
                $"{name}: {property.What} was {property.Before}, is {property.Now}. "
                + "Change it back, or add something new."
            );
}
