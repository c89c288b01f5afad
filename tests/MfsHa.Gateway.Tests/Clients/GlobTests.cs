using System.Text;
using MfsHa.Gateway.Clients.Handlers;

namespace MfsHa.Gateway.Tests.Clients;

public sealed class GlobTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("a/*", "a/b/f1.txt", true)]
    [InlineData("w/*.txt", "w/b/c/five.txt", true)]
    [InlineData("w/*.txt", "w/two.dat", false)]
    [InlineData("w/t?o.[a-e]at", "w/two.dat", true)]
    [InlineData("w/t?o.[!a-e]at", "w/two.dat", false)]
    [InlineData("w/t?o.[^x]at", "w/two.dat", true)]
    [InlineData("[]]x", "]x", true)]
    [InlineData("[ab", "[ab", true)]
    [InlineData("a\\*", "a*", true)]
    [InlineData("a\\*", "ab", false)]
    [InlineData("", "a", false)]
    [InlineData("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("abc", "abcd", false)]
    [InlineData("abc?", "abc", false)]
    public void Patterns_are_over_the_whole_path(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text)));
}
