using MfsHa.Demo.Load;

namespace MfsHa.Demo.Tests.Load;

public sealed class LedgerTests
{
    [Fact]
    public void Renamed_entry_is_expected_under_its_new_name_only()
    {
        var ledger = new Ledger();
        ledger.AddFolder("a");
        ledger.Add("a", "old", "sum");
        ledger.Add("a", "directory");
        ledger.Rename("a", "old", "new");
        Assert.Equal(2, ledger.Count);
        Assert.Equal("sum", ledger.EntriesOf("a")["new"]);
        Assert.Null(ledger.EntriesOf("a")["directory"]);
        Assert.False(ledger.EntriesOf("a").ContainsKey("old"));
    }
}
