using MfsHa.Security;
using Xunit;

namespace MfsHa.NodeLink.Tests.Security;

public sealed class SharedTokenTests
{
    [Fact]
    public void Without_a_token_everybody_is_let_in()
    {
        Assert.Null(SharedToken.None.Judge([]));
        Assert.Null(SharedToken.None.Judge("anything"u8));
        Assert.Null(SharedToken.None.Own);
    }

    [Fact]
    public void The_first_of_several_is_shown_and_all_are_accepted()
    {
        Assert.True(SharedToken.TryParse("new-one\nold-one\n", out var token));
        Assert.Equal("new-one", token.Own);
        Assert.Null(token.Judge("new-one"u8));
        Assert.Null(token.Judge("old-one"u8));
        Assert.Equal(TokenRefusal.Wrong, token.Judge("old-on"u8));
        Assert.Equal(TokenRefusal.Wrong, token.Judge("new-one\nold-one"u8));
        Assert.Equal(TokenRefusal.Missing, token.Judge([]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("caf\u00E9")]
    [InlineData("a b c d e f g h i")]
    public void What_is_no_token_is_refused(string text) => Assert.False(SharedToken.TryParse(text, out _));

    [Fact]
    public void A_token_that_is_too_long_is_refused() => Assert.False(SharedToken.TryParse(new string('a', SharedToken.MaxLength + 1), out _));
}
