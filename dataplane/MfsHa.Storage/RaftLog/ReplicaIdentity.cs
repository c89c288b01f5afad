namespace MfsHa.Storage.RaftLog;

/// <summary>
/// Who the replica of a group in this store is. A replica that was removed has forgotten its log and its votes: should the group come back to this store, it is another member than before, and
/// nobody who knows the former one can take it for that.
/// </summary>
/// <param name="Incarnation">Tells it from its predecessors in this store, and from those of other disks of the node: it only grows. Never 0.</param>
/// <param name="IsRemoved">True when nothing is left of it, or nothing but records of its state that are still to be deleted.</param>
public readonly record struct ReplicaIdentity(uint Incarnation, bool IsRemoved);
