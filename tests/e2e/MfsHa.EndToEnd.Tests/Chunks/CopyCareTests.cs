namespace MfsHa.EndToEnd.Tests.Chunks;

public sealed class CopyCareWith3Tests() : CopyCareSuite(MooseFsRelease.V3);

public sealed class CopyCareWith4Tests() : CopyCareSuite(MooseFsRelease.V4);
