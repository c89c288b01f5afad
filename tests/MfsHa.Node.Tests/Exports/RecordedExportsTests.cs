using MfsHa.Node.Exports;

namespace MfsHa.Node.Tests.Exports;

/// <summary>Files as a running mfsmaster 4.56.6 parsed them; the expectation is its answer to EXPORTS_INFO.</summary>
public sealed class RecordedExportsTests
{
    [Theory]
    [InlineData("common")]
    [InlineData("corners")]
    public void A_file_means_what_it_means_to_mfsmaster(string name)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Exports", "Recorded");
        ExportTable table = ExportsParser.Parse(File.ReadAllBytes(Path.Combine(folder, name + ".cfg")), FixedUsers.Instance);
        string[] expected = File.ReadAllLines(Path.Combine(folder, name + ".expected"));
        Assert.Equal(expected, table.Rules.Select(ExportText.Show));
    }
}
