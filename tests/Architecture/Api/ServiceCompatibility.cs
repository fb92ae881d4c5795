using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>The part of <see cref="ApiCompatibility"/> that looks at services and their methods.</summary>
internal sealed class ServiceCompatibility(FileDescriptorSet released, FileDescriptorSet current)
{
    public IEnumerable<string> Breaks()
    {
        var now = ApiTypes.Services(current).ToDictionary(entry => entry.Name, entry => entry.Service);
        return ApiTypes
            .Services(released)
            .SelectMany(entry =>
                now.TryGetValue(entry.Name, out var service)
                    ? entry.Service.Method.SelectMany(method => MethodBreaks(entry.Name, method, service))
                    : [$"Service {entry.Name} is gone. Keep it."]
            );
    }

    private static IEnumerable<string> MethodBreaks(
        string service,
        MethodDescriptorProto before,
        ServiceDescriptorProto serviceNow
    )
    {
        var name = $"{service}.{before.Name}";
        var now = serviceNow.Method.SingleOrDefault(method => method.Name == before.Name);
        if (now is null)
        {
            yield return $"Method {name} is gone. Keep it.";
            yield break;
        }

        if (before.InputType != now.InputType)
        {
            yield return $"{name}: request was {before.InputType}, is {now.InputType}. Change it back.";
        }

        if (before.OutputType != now.OutputType)
        {
            yield return $"{name}: response was {before.OutputType}, is {now.OutputType}. Change it back.";
        }

        if (before.ClientStreaming != now.ClientStreaming || before.ServerStreaming != now.ServerStreaming)
        {
            yield return $"{name}: was {StreamingOf(before)}, is {StreamingOf(now)}. Add another method instead.";
        }

        if (IsSafe(before) && !IsSafe(now))
        {
            yield return $"{name}: answers GET no longer. Put NO_SIDE_EFFECTS back.";
        }
    }

    private static string StreamingOf(MethodDescriptorProto method) =>
        (method.ClientStreaming, method.ServerStreaming) switch
        {
            (false, false) => "unary",
            (true, false) => "client streaming",
            (false, true) => "server streaming",
            (true, true) => "bidirectional streaming",
        };

    private static bool IsSafe(MethodDescriptorProto method) =>
        method.Options?.IdempotencyLevel == MethodOptions.Types.IdempotencyLevel.NoSideEffects;
}
