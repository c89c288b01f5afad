using System.Text;
using MfsHa.Metadata.Rules;

namespace MfsHa.Metadata.Tests.Patterns;

public sealed class GlobTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "a/b", true)]
    [InlineData("*.tmp", "x.tmp", true)]
    [InlineData("*.tmp", ".tmp", true)]
    [InlineData("*.tmp", "x.tmpx", false)]
    [InlineData("a*b*c", "abbc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("a*bcd*e*f", "aXbcdYYeZf", true)]
    [InlineData("?", "", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("[^a]", "b", false)]
    [InlineData("[^a]", "^", true)]
    [InlineData("[]", "]", false)]
    [InlineData("[]]", "]", false)]
    [InlineData("[ab", "[ab", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("a/*", "a/b/f1.txt", true)]
    [InlineData("w/*.txt", "w/two.dat", false)]
    [InlineData("w/t?o.[a-e]at", "w/two.dat", true)]
    [InlineData("abc", "abcd", false)]
    [InlineData("abc?", "abc", false)]
    [InlineData("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "x", false)]
    [InlineData("\\", "\\", true)]
    public void Patterns_match_as_mfsmasters_do(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text)));
}
