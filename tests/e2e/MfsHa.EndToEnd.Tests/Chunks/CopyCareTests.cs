namespace MfsHa.EndToEnd.Tests.Chunks;

public sealed class CopyCareWith3Tests() : CopyCareSuite(MooseFsRelease.V3);

public sealed class CopyCareWith4Tests() : CopyCareSuite(MooseFsRelease.V4)
{
    [Fact]
    public Task Chunks_of_unlinked_files_go_and_a_lost_chunkserver_is_replaced() => RemoveUnlinkedAndReplaceLostAsync();
}
