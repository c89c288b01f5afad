namespace MfsHa.EndToEnd.Tests.MetadataFiles;

public sealed class ExportWith3Tests() : ExportSuite(MooseFsRelease.V3)
{
    protected override (string Format, MooseFsRelease Master)[] Targets => [("3.0", MooseFsRelease.V3), ("4.x", MooseFsRelease.V4)];
}

public sealed class ExportWith4Tests() : ExportSuite(MooseFsRelease.V4)
{
    protected override (string Format, MooseFsRelease Master)[] Targets => [("3.0", MooseFsRelease.V4), ("4.x", MooseFsRelease.V4)];
}
