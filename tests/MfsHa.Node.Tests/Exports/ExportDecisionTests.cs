using System.Net;
using System.Text;
using MfsHa.Node.Exports;
using MfsHa.Protocol;

namespace MfsHa.Node.Tests.Exports;

public sealed class ExportDecisionTests
{
    private const uint Version3 = 0x000300EA;
    private static readonly byte[] _challenge = [.. Enumerable.Range(1, PasswordChallenge.ChallengeLength).Select(i => (byte)i)];

    [Theory]
    [InlineData("10.0.0.5 / rw", "/", StatusCode.Ok)]
    [InlineData("10.0.0.6 / rw", "/", StatusCode.EAcces)]
    [InlineData("10.0.0.6-10.0.0.1 / rw", "/", StatusCode.EAcces)]
    [InlineData("* / rw", "", StatusCode.Ok)]
    [InlineData("* / rw", "///", StatusCode.Ok)]
    [InlineData("* / rw", "/a", StatusCode.EAcces)]
    [InlineData("* / rw,alldirs", "/a/b", StatusCode.Ok)]
    [InlineData("* /a rw", "a//", StatusCode.Ok)]
    [InlineData("* /a rw", "/a\0junk", StatusCode.Ok)]
    [InlineData("* /a rw", "/", StatusCode.EAcces)]
    [InlineData("* /a rw", "/a/b", StatusCode.EAcces)]
    [InlineData("* /a rw,alldirs", "/a/b", StatusCode.Ok)]
    [InlineData("* /a rw,alldirs", "/ab", StatusCode.EAcces)]
    [InlineData("* /a rw,alldirs", "/", StatusCode.EAcces)]
    [InlineData("* . rw", "/", StatusCode.EAcces)]
    [InlineData("* . rw", null, StatusCode.Ok)]
    [InlineData("* / rw,alldirs", null, StatusCode.EAcces)]
    [InlineData("* / rw,minversion=3.0.117", "/", StatusCode.Ok)]
    [InlineData("* / rw,minversion=3.0.234", "/", StatusCode.Ok)] // the quirk: 117 is 234 on the wire
    [InlineData("* / rw,minversion=3.0.235", "/", StatusCode.EAcces)]
    [InlineData("* / rw,minversion=4", "/", StatusCode.EAcces)]
    [InlineData("* / rw,password=x", "/", StatusCode.NoPassword)]
    [InlineData("* / rw,password=x\n* / ro", "/", StatusCode.Ok)]
    [InlineData("* /a rw,password=x", "/", StatusCode.EAcces)]
    [InlineData("DEFAULTS rw", "/", StatusCode.EAcces)]
    [InlineData("# nothing", "/", StatusCode.EAcces)]
    public void A_session_is_granted_only_where_a_line_says_so(string file, string? path, StatusCode status) =>
        Assert.Equal(status, ExportText.Parse(file).Decide(Request(path)).Status);

    [Theory]
    [InlineData("* / ro,umask=0001\n* / rw,umask=0002", 2)]
    [InlineData("* / rw,umask=0001\n* / ro,umask=0002", 1)]
    [InlineData("* / rw,umask=0001\n* / ro,maproot=0,umask=0002", 2)] // nothing protects the earlier line
    [InlineData("* / rw,maproot=0,umask=0001\n* / rw,umask=0002", 1)]
    [InlineData("* / rw,umask=0001\n* / rw,admin,umask=0002", 2)]
    [InlineData("* / rw,umask=0001\n* / rw,umask=0002", 1)]
    [InlineData("* / rw,alldirs,umask=0001\n* /a rw,umask=0002", 2, "/a")]
    [InlineData("* /a rw,umask=0001\n* / rw,alldirs,umask=0002", 1, "/a")]
    [InlineData("* / rw,umask=0001\n10.0.0.5 / rw,umask=0002", 1)]
    public void Among_matching_lines_mfsmasters_order_of_preference_decides(string file, int umask, string path = "/") =>
        Assert.Equal(umask, ExportText.Parse(file).Decide(Request(path)).Rule!.Umask);

    [Fact]
    public void A_password_is_proven_by_the_challenge()
    {
        ExportTable table = ExportText.Parse("* / rw,password=abc");
        byte[] right = Answer("abc");
        Assert.Equal(StatusCode.Ok, table.Decide(Request("/") with { Challenge = _challenge, Response = right }).Status);
        Assert.Equal(StatusCode.BadPassword, table.Decide(Request("/") with { Challenge = _challenge, Response = Answer("abd") }).Status);
        Assert.Equal(StatusCode.NoPassword, table.Decide(Request("/") with { Challenge = new byte[32], Response = right }).Status);
        Assert.Equal(StatusCode.NoPassword, table.Decide(Request("/") with { Response = right }).Status);
        Assert.Equal(StatusCode.NoPassword, table.Decide(Request("/") with { Challenge = _challenge }).Status);
    }

    [Fact]
    public void A_line_with_the_right_password_is_preferred_to_one_without()
    {
        ExportTable table = ExportText.Parse("* / rw,umask=0001\n* / rw,password=abc,umask=0002");
        Assert.Equal(2, table.Decide(Request("/") with { Challenge = _challenge, Response = Answer("abc") }).Rule!.Umask);
        Assert.Equal(1, table.Decide(Request("/")).Rule!.Umask);
    }

    [Fact]
    public void The_challenge_is_answered_as_mfsmount_does()
    {
        // Computed with md5sum: MD5(01..10 || MD5("abc") || 11..20).
        Assert.Equal("915d20e0495713ab11046bf62bb6c5d9", Convert.ToHexStringLower(Answer("abc")));
    }

    private static ExportRequest Request(string? path) => new(
        Address("10.0.0.5"), Version3, path is null, Encoding.Latin1.GetBytes(path ?? ""), default, default);

    private static uint Address(string text) => BitConverter.ToUInt32([.. IPAddress.Parse(text).GetAddressBytes().Reverse()]);

    private static byte[] Answer(string password)
    {
        byte[] digest = new byte[16];
        byte[] response = new byte[16];
        PasswordChallenge.Digest(Encoding.ASCII.GetBytes(password), digest);
        PasswordChallenge.Compute(_challenge, digest, response);
        return response;
    }
}
