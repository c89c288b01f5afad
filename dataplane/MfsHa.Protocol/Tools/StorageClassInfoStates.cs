using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>The states of a class in SCLASS_INFO: heads of all first, then the labels of all.</summary>
internal static class StorageClassInfoStates
{
    /// <summary>Create and keep have no erasure code; archive and trash have.</summary>
    public const int FirstWithErasureCode = 2;

    private const int States = 4;
    private const int LegacyStates = 3;

    public static StorageClassInfoState[] Parse(ref PacketReader reader, bool legacy, bool hasOverrides)
    {
        int count = legacy ? LegacyStates : States;
        var heads = new (byte Fulfillable, byte Labels, byte Code, uint Unique, byte Mode)[count];
        for (int i = 0; i < count; i++)
        {
            heads[i] = (
                reader.U8(),
                reader.U8(),
                !legacy && i >= FirstWithErasureCode ? reader.U8() : (byte)0,
                legacy ? 0 : reader.U32(),
                hasOverrides ? reader.U8() : StorageClassState.ClassDefault);
        }

        var states = new StorageClassInfoState[States];
        states.AsSpan().Fill(new(0, StorageClassState.Undefined, []));
        for (int i = 0; i < count; i++)
        {
            (byte fulfillable, byte labels, byte code, uint unique, byte mode) = heads[i];
            states[i] = ParseLabels(ref reader, labels, legacy, fulfillable, new StorageClassState([], unique, mode, code));
        }

        return states;
    }

    private static StorageClassInfoState ParseLabels(
        ref PacketReader reader, int count, bool legacy, byte fulfillable, StorageClassState state)
    {
        if (count > StorageClassDefinition.MaxLabels)
        {
            reader.Fail($"at most {StorageClassDefinition.MaxLabels} labels", $"{count}");
        }

        var labels = new ReadOnlyMemory<byte>[count];
        var matching = new ushort[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = reader.Bytes(legacy ? StorageClassDefinition.MasksSize : StorageClassDefinition.ExpressionSize);
            matching[i] = reader.U16();
        }

        return new(fulfillable, state with { Labels = labels }, matching);
    }
}
