namespace Grpc.Core;

/// <summary>
/// On a generated service base: which method tells a <see cref="ServiceBinderBase"/> about its methods.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    public Type BindType { get; } = bindType;

    public string BindMethodName { get; } = bindMethodName;
}
