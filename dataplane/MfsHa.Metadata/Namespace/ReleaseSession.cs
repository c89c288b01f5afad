using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// Forgets a session that has ended: its open files with their locks, then its remembered replies. Repeat until the count in the answer is
/// below the limit.
/// </summary>
/// <param name="Session">Session id.</param>
/// <param name="Limit">Most records to remove, at least 1.</param>
[MemoryPackable]
public sealed partial record ReleaseSession(uint Session, int Limit) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var inodes = new List<uint>();
        foreach (var ((_, number), _) in state.OpenBySession.Range((Session, 0), (Session, uint.MaxValue)))
        {
            if (inodes.Count == Limit)
            {
                break;
            }

            inodes.Add(number);
        }

        var messages = new List<uint>();
        foreach (var ((_, message), _) in state.Replies.Range((Session, 0), (Session, uint.MaxValue)))
        {
            if (inodes.Count + messages.Count == Limit)
            {
                break;
            }

            messages.Add(message);
        }

        foreach (var number in inodes)
        {
            state.Close(Session, number, context.Now);
        }

        foreach (var message in messages)
        {
            state.Replies.Remove((Session, message));
        }

        if (inodes.Count + messages.Count < Limit && state.Deliveries.Contains(Session))
        {
            state.Deliveries.Remove(Session);
        }

        return new CountReply(inodes.Count + messages.Count);
    }
}
