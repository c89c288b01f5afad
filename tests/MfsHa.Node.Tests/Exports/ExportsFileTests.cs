using MfsHa.Node.Configuration;
using MfsHa.Node.Exports;

namespace MfsHa.Node.Tests.Exports;

public sealed class ExportsFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mfsha-exports").FullName;

    private string File => Path.Combine(_directory, "mfsexports.cfg");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_start_without_the_file_is_refused_and_the_file_named()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => ExportsFile.Open(File, FixedUsers.Instance));
        Assert.Contains(File, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# * / rw")]
    [InlineData("bad / rw")]
    public void A_start_with_a_file_that_permits_nothing_is_refused(string text)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.Throws<ConfigurationException>(() => ExportsFile.Open(File, FixedUsers.Instance));
    }

    [Fact]
    public void A_reload_takes_over_what_changed_and_tells_so_once()
    {
        System.IO.File.WriteAllText(File, "* / rw");
        ExportsFile exports = ExportsFile.Open(File, FixedUsers.Instance);
        var changes = new List<ExportTable>();
        exports.Changed += changes.Add;
        exports.Reload(File);
        Assert.Empty(changes);
        System.IO.File.WriteAllText(File, "* / ro");
        exports.Reload(File);
        Assert.Same(exports.Table, Assert.Single(changes));
        System.IO.File.WriteAllText(File, "");
        Assert.Empty(exports.Reload(File).Rules);
    }

    [Fact]
    public void A_reload_without_the_file_keeps_the_former_table()
    {
        System.IO.File.WriteAllText(File, "* / rw");
        ExportsFile exports = ExportsFile.Open(File, FixedUsers.Instance);
        ExportTable former = exports.Table;
        System.IO.File.Delete(File);
        Assert.Throws<ConfigurationException>(() => exports.Reload(File));
        Assert.Same(former, exports.Table);
    }
}
