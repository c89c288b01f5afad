namespace MfsHa.MetadataFile.Sections;

/// <summary>All sections, in the order of a file.</summary>
internal static class AllSections
{
    public static IReadOnlyList<ISection> InOrder { get; } =
    [
        new SessionSection(),
        new StorageClassSection(),
        new PatternSection(),
        new NodeSection(),
        new EdgeSection(),
        new FreeSection(),
        new QuotaSection(),
        new XattrSection(),
        new AclSection(),
        new OpenFileSection(),
        new FlockSection(),
        new PosixLockSection(),
        new ChunkServerSection(),
        new ChunkSection(),
    ];
}
