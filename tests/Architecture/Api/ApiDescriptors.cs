using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>The files of spaces.v1, as this build's protoc read them.</summary>
internal static class ApiDescriptors
{
    public const string Package = "spaces.v1";

    /// <summary>The descriptors that the build made of every file under contracts/proto/spaces/v1.</summary>
    public static FileDescriptorSet ReadCurrent() => Read(Path.Combine(AppContext.BaseDirectory, "spaces.v1.binpb"));

    /// <summary>The descriptors of the last release.</summary>
    public static FileDescriptorSet ReadReleased() =>
        Read(Path.Combine(Repository.Root, "contracts/release/spaces.v1.binpb"));

    /// <summary>The files of ours, without those they import from elsewhere.</summary>
    public static IEnumerable<FileDescriptorProto> Ours(FileDescriptorSet set) =>
        set.File.Where(file => file.Package == Package);

    private static FileDescriptorSet Read(string path) => FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(path));
}
