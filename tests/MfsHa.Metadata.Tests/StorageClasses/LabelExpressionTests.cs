using CsCheck;
using MfsHa.Metadata.StorageClasses;

namespace MfsHa.Metadata.Tests.StorageClasses;

public sealed class LabelExpressionTests
{
    private const uint A = 1;
    private const uint B = 2;
    private const uint C = 4;

    [Theory]
    [InlineData(new byte[0], 0u, true)]
    [InlineData(new byte[] { 0xFF }, 0u, true)]
    [InlineData(new byte[] { 0xC0 }, A, true)]
    [InlineData(new byte[] { 0xC0 }, B, false)]
    [InlineData(new byte[] { 0xC0, 0xC1, 0x80 }, A, false)]
    [InlineData(new byte[] { 0xC0, 0xC1, 0x80 }, A | B, true)]
    [InlineData(new byte[] { 0xC0, 0xC1, 0x40 }, B, true)]
    [InlineData(new byte[] { 0xC0, 0xC1, 0xC2, 0x41 }, C, true)]
    [InlineData(new byte[] { 0xC0, 0x01 }, B, true)]
    [InlineData(new byte[] { 0xC2, 0xC3, 0x40 }, C, true)]
    [InlineData(new byte[] { 0xC0, 0xC1, 0x80, 0xC2, 0x40, 0x01 }, C, false)]
    public void Programs_are_evaluated(byte[] program, uint labels, bool matches)
    {
        Assert.True(LabelExpression.IsValid(program));
        Assert.Equal(matches, LabelExpression.Matches(program, labels));
    }

    [Theory]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xC0, 0xC1 })]
    [InlineData(new byte[] { 0xC0, 0x40 })]
    [InlineData(new byte[] { 0x01 })]
    [InlineData(new byte[] { 0xDA })]
    [InlineData(new byte[] { 0x02 })]
    public void Malformed_programs_are_recognised(byte[] program) => Assert.False(LabelExpression.IsValid(program));

    [Fact]
    public void Masks_of_old_tools_survive_the_way_there_and_back() =>
        Gen.UInt[1, (1u << 26) - 1].Array[0, 4].Sample(static masks =>
        {
            var given = masks.Concat(new uint[4 - masks.Length]).ToArray();
            var program = LabelExpression.FromMasks(given);
            Assert.True(LabelExpression.IsValid(program) || program.Length >= LabelExpression.MaxLength);
            Assert.Equal(given, LabelExpression.ToMasks(program));
            for (var label = 0; label < 26; label++)
            {
                Assert.Equal(masks.Length == 0 || masks.Contains(1u << label), LabelExpression.Matches(program, 1u << label));
            }
        }, iter: 500);

    [Fact]
    public void What_old_tools_cannot_say_has_no_masks()
    {
        Assert.Null(LabelExpression.ToMasks([0xC0, 0x01]));
        Assert.Null(LabelExpression.ToMasks([0xC0, 0xC1, 0x40, 0xC2, 0x80]));
        Assert.Null(LabelExpression.ToMasks([0xFF]));
    }
}
