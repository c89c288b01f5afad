using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Environments;

/// <summary>Names of files as strings.</summary>
public sealed class ByteTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("61")]
    [InlineData("C5BC E69687 F09F9880")]
    [InlineData("80 FF 61 C3")]
    [InlineData("EDA080 C0AF F5")]
    public void Every_name_has_a_string_and_comes_back(string hex)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(bytes, ByteText.ToBytes(ByteText.FromBytes(bytes)));
    }

    [Fact]
    public void Utf8_stays_readable() => Assert.Equal("zażółć", ByteText.FromBytes("zażółć"u8));

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.Throws<ArgumentException>(() => ByteText.ToBytes("\uD800"));
}
