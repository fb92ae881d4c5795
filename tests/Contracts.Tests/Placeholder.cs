namespace Spaces;
internal static class Placeholder { }
