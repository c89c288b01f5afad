using MfsHa.Node.Configuration;

namespace MfsHa.Node.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("A = b", "b")]
    [InlineData("  A\t=\tb  ", "b")]
    [InlineData("A = b c  d ", "b c  d")]
    [InlineData("A = b = c", "b = c")]
    [InlineData("A =", "")]
    [InlineData("A = b # c", "b # c")]
    [InlineData("A = b\r", "b")]
    [InlineData("\uFEFFA = b", "b")]
    [InlineData("A = a\nB = x\nA = b", "b")]
    public void A_value_goes_to_the_end_of_the_line(string text, string value)
    {
        ConfigurationFile file = ConfigurationFile.Parse("f", text);
        Assert.Empty(file.Errors);
        Assert.Equal(value, file.Entries.Single(e => e.Name == "A").Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \n\t\n")]
    [InlineData("# A = b")]
    [InlineData("#A = b\n  # B = c")]
    public void Comments_and_empty_lines_say_nothing(string text)
    {
        ConfigurationFile file = ConfigurationFile.Parse("f", text);
        Assert.Empty(file.Errors);
        Assert.Empty(file.Entries);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("= b")]
    [InlineData("A B = c")]
    [InlineData("ü = c")]
    public void Another_line_is_an_error_with_its_number(string line)
    {
        ConfigurationError error = Assert.Single(ConfigurationFile.Parse("f.cfg", "X = y\n\n" + line).Errors);
        Assert.StartsWith("f.cfg:3: line: expected KEY = value, found \"", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_key_that_stands_twice_the_last_value_counts_and_both_lines_are_named()
    {
        ConfigurationFile file = ConfigurationFile.Parse("f", "A = a\n# \nA = b");
        Assert.Equal("f:3: A stands also at f:1; the last value counts", Assert.Single(file.Warnings));
        Assert.Equal("f:3", file.Entries.Single().Origin.ToString());
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it() =>
        Assert.Contains("/nonexistent/mfsha.cfg", Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load("/nonexistent/mfsha.cfg")).Message, StringComparison.Ordinal);
}
