using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// SUSTAINED_INODES (client-protocol 5.3; mfsmaster/openfiles.c: of_sync): the complete list of what a session has open. What is missing from it is closed,
/// what is new is opened. Numbers that were never given out are ignored.
/// </summary>
/// <param name="Session">Session id.</param>
/// <param name="Inodes">Numbers, strictly ascending (EINVAL otherwise).</param>
[MemoryPackable]
public sealed partial record SyncOpenFiles(uint Session, uint[] Inodes) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override bool MayChangeNothing => true;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context)
    {
        var status = Compare(state, out var opened, out var closed);
        return status == StatusCode.Ok && opened.Count + closed.Count > 0 ? null : StatusReply.Of(status);
    }

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Compare(state, out var opened, out var closed);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        foreach (var number in closed)
        {
            state.Close(Session, number, context.Now);
        }

        foreach (var number in opened)
        {
            state.Open(Session, number);
        }

        return StatusReply.Ok;
    }

    private StatusCode Compare(NamespaceState state, out List<uint> opened, out List<uint> closed)
    {
        opened = [];
        closed = [];
        for (var i = 1; i < Inodes.Length; i++)
        {
            if (Inodes[i] <= Inodes[i - 1])
            {
                return StatusCode.EInval;
            }
        }

        var end = state.Counters.NextInode;
        var next = 0;
        foreach (var ((_, number), _) in state.OpenBySession.Range((Session, 0), (Session, uint.MaxValue)))
        {
            while (next < Inodes.Length && Inodes[next] < number)
            {
                opened.Add(Inodes[next++]);
            }

            if (next < Inodes.Length && Inodes[next] == number)
            {
                next++;
            }
            else
            {
                closed.Add(number);
            }
        }

        for (; next < Inodes.Length; next++)
        {
            opened.Add(Inodes[next]);
        }

        opened.RemoveAll(number => number == 0 || number >= end);
        return StatusCode.Ok;
    }
}
