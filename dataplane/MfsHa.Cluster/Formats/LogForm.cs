using MemoryPack;
using MfsHa.Consensus;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Formats;

/// <summary>Commands as they are put into a log: in the form of the format level that this node writes at. The entry says a level that is no lower.</summary>
internal static class LogForm
{
    /// <summary>A shard's command. <see cref="ProposalRejectedException"/> when it is one of a level that this node has not heard of yet: it is worth a repetition.</summary>
    public static byte[] Of(Command command, ushort group, byte level)
    {
        Check(command, command.Since, group, level);
        return MemoryPackSerializer.Serialize<Operation>(command.At(level));
    }

    /// <summary>The same for a command of the system group.</summary>
    public static byte[] Of(SystemCommand command, ushort group, byte level)
    {
        Check(command, command.Since, group, level);
        return MemoryPackSerializer.Serialize<SystemOperation>(command.At(level));
    }

    private static void Check(object command, byte since, ushort group, byte level)
    {
        if (since > level)
        {
            throw new ProposalRejectedException(group, $"{command.GetType().Name} is of format level {since}, and this node writes level {level}");
        }
    }
}
