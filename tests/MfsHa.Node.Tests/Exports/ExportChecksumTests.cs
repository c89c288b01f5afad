using MfsHa.Node.Exports;

namespace MfsHa.Node.Tests.Exports;

public sealed class ExportChecksumTests
{
    private const string Line = "* /a rw,alldirs";

    [Theory]
    [InlineData(Line)]
    [InlineData("# comment\n\n  *\t/a/   alldirs , rw\r\n")]
    [InlineData("0.0.0.0-255.255.255.255 /a readwrite,alldirs,nonsense")]
    public void Only_what_is_permitted_counts(string file) => Assert.Equal(ExportText.Parse(Line).Checksum, ExportText.Parse(file).Checksum);

    [Theory]
    [InlineData("* /b rw,alldirs")]
    [InlineData("* /a ro,alldirs")]
    [InlineData("* /a rw")]
    [InlineData("1.2.3.4 /a rw,alldirs")]
    [InlineData("* /a rw,alldirs,umask=0001")]
    [InlineData("* /a rw,alldirs,maproot=0")]
    [InlineData("* /a rw,alldirs,maproot=999:999")]
    [InlineData("* /a rw,alldirs,mapall=1:1")]
    [InlineData("* /a rw,alldirs,password=")]
    [InlineData("* /a rw,alldirs,minversion=1")]
    [InlineData("* /a rw,alldirs,sclassgroups=1")]
    [InlineData("* /a rw,alldirs,mintrashtime=1")]
    [InlineData("* /a rw,alldirs,maxtrashtime=1")]
    [InlineData("* /a rw,alldirs,disable=read")]
    [InlineData("* /a rw,alldirs\n* /a rw,alldirs")]
    [InlineData("")]
    public void Every_change_of_what_is_permitted_changes_it(string file) => Assert.NotEqual(ExportText.Parse(Line).Checksum, ExportText.Parse(file).Checksum);

    [Fact]
    public void It_is_the_same_on_every_machine_and_in_every_release() =>
        Assert.Equal(12091459469717121810UL, ExportText.Parse(Line).Checksum);
}
