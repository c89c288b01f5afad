using System.Security.Cryptography;
using System.Text;
using MfsHa.Node.Exports;
using MfsHa.Protocol;

namespace MfsHa.Node.Tests.Exports;

/// <summary>Options that the recorded masters do not know (4.57+), and what is not visible in EXPORTS_INFO.</summary>
public sealed class ExportOptionsTests
{
    [Theory]
    [InlineData("rw", 0xFFFF)]
    [InlineData("sclassgroups=-", 0)]
    [InlineData("sclassgroups=0", 1)]
    [InlineData("sclassgroups=1:3", 0b1010)]
    [InlineData("sclassgroups=15:015", 0x8000)]
    [InlineData("sclassgroups=1,sclassgroups=3", 0b1010)]
    [InlineData("mingoal=2,maxgoal=4", 0b11101)]
    [InlineData("mingoal=8", 0b11_0000_0001)]
    [InlineData("maxgoal=1", 0b11)]
    public void Storage_class_groups_follow_groups_or_goals(string options, int bits) =>
        Assert.Equal(bits, ExportText.ParseOne("* / " + options).StorageClassGroups);

    [Theory]
    [InlineData("sclassgroups=16")]
    [InlineData("sclassgroups=1:")]
    [InlineData("sclassgroups=")]
    [InlineData("sclassgroups=a")]
    [InlineData("sclassgroups=1,mingoal=1")]
    [InlineData("mingoal=1,sclassgroups=1")]
    [InlineData("maproot=4294967296:0")]
    [InlineData("mapall=nosuch")]
    [InlineData("umask=022")]
    [InlineData("md5pass=900150983cd24fb0d6963f7d28e17f7")]
    [InlineData("minversion=1.2.3.4")]
    [InlineData("mintrashretention=30m")]
    [InlineData("mintrashtime=2h,maxtrashtime=1h")]
    public void A_line_with_a_wrong_value_permits_nothing(string options)
    {
        ExportTable table = ExportText.Parse("* /a rw\n* /b " + options + "\n* /c rw");
        Assert.Equal(["a", "c"], table.Rules.Select(r => r.Directory));
        ExportsIssue issue = Assert.Single(table.Issues);
        Assert.Equal((2, true), (issue.Line, issue.IsLineDropped));
    }

    [Fact]
    public void Hours_that_do_not_fit_mean_no_limit() =>
        Assert.Equal(uint.MaxValue, ExportText.ParseOne("* / maxtrashretention=4294967295").MaxTrashSeconds);

    [Fact]
    public void A_password_is_kept_as_its_digest()
    {
#pragma warning disable CA5351 // the protocol's digest
        byte[] digest = MD5.HashData(Encoding.UTF8.GetBytes("gehe\u00efm"));
#pragma warning restore CA5351
        ExportTable table = ExportsParser.Parse(Encoding.UTF8.GetBytes("* / password=gehe\u00efm"), FixedUsers.Instance);
        Assert.Equal(digest, table.Rules[0].PasswordDigest!.Value.ToArray());
        Assert.Equal(digest, ExportText.ParseOne("* / md5pass=" + Convert.ToHexStringLower(digest)).PasswordDigest!.Value.ToArray());
    }

    [Fact]
    public void Issues_never_show_a_password()
    {
        ExportTable table = ExportText.Parse("* / md5pass=secret");
        Assert.DoesNotContain("secret", Assert.Single(table.Issues).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_keep_bytes_that_are_no_text()
    {
        ExportTable table = ExportsParser.Parse([(byte)'*', (byte)' ', (byte)'/', 0xC3, 0xFF, (byte)'/'], FixedUsers.Instance);
        Assert.Equal("\u00c3\u00ff", table.Rules[0].Directory);
        Assert.True(table.Decide(new ExportRequest(1, 0, false, new byte[] { (byte)'/', 0xC3, 0xFF }, default, default)).Status == StatusCode.Ok);
    }

    [Fact]
    public void A_network_of_zero_bits_is_one_address_and_said_so()
    {
        ExportTable table = ExportText.Parse("0.0.0.0/0 / rw");
        Assert.Equal(new AddressRange(0, 0), table.Rules[0].Addresses);
        Assert.Contains("write *", Assert.Single(table.Issues).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.1-")]
    [InlineData("10.0.0.1/255.0")]
    [InlineData("-1.0.0.1")]
    [InlineData("host.example")]
    [InlineData("::1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.+4")]
    public void Other_addresses_drop_the_line(string addresses) => Assert.Empty(ExportText.Parse(addresses + " / rw").Rules);
}
