using MfsHa.Protocol.Client;

namespace MfsHa.Protocol.Tests.Support;

internal static partial class Samples
{
    private static readonly StorageClassDefinition s_maskClass = new(
        true, 2, 7, new([Label(0x01, StorageClassDefinition.MasksSize)]), new([Label(0x02, StorageClassDefinition.MasksSize)]),
        StorageClassState.Undefined, StorageClassState.Undefined);

    private static readonly StorageClassDefinition s_expressionClass = new(
        false,
        1,
        24,
        StorageClassState.Undefined with { LabelsMode = 0 },
        new([Label(0xC0, StorageClassDefinition.ExpressionSize)], 3, 1),
        new([Label(0xC1, StorageClassDefinition.ExpressionSize)], 4, 2, 0x81),
        new([], 5, StorageClassState.ClassDefault, 0x41),
        9,
        0x1000,
        6,
        Packets.Bytes("d"),
        11,
        12);

    private static readonly Pattern s_pattern = new(
        new PatternKey(Packets.Bytes("*x"), uint.MaxValue, 5), 1, 2, s_name, 3, ExtraAttributes.NoOwner, ExtraAttributes.Snapshot);

    private const string PatternHex = "022a78" + "ffffffff" + "00000005" + "01" + "02" + Name + "0003" + "01" + "10";

    private const string MaskClassHex = "01" + "02" + "0007" + "01" + "01" + "00"
        + "01000000000000000000000000000000" + "02000000000000000000000000000000";

    private const string Zeros127 = Zeros31 + "00" + Zeros31 + "00" + Zeros31 + "00" + Zeros31;
    private const string Zeros31 = "00000000000000000000000000000000000000000000000000000000000000";

    private const string ExpressionClassHex = "0164" + "0000000b" + "0c" + "00" + "01" + "09" + "0018" + "0000000000001000" + "0006" + "81" + "41"
        + "00" + "01" + "02" + "ff" + "00000000" + "00000003" + "00000004" + "00000005" + "00" + "01" + "01" + "00"
        + "c0" + Zeros127 + "c1" + Zeros127;

    private static byte[] Label(byte first, int size)
    {
        var label = new byte[size];
        label[0] = first;
        return label;
    }
}
