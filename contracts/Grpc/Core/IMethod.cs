namespace Grpc.Core;

/// <summary>A method's names and kind, without its message types.</summary>
public interface IMethod
{
    MethodType Type { get; }

    /// <summary>With its package, as in <c>spaces.v1.RoomService</c>.</summary>
    string ServiceName { get; }

    string Name { get; }

    /// <summary>The exact <c>:path</c> of a call, as in <c>/spaces.v1.RoomService/CreateRoom</c>.</summary>
    string FullName { get; }
}
