using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Namespace;

/// <summary>MKDIR (client-protocol 3.4; mfsmaster/filesystem.c: fs_mkdir).</summary>
[MemoryPackable]
public sealed partial record MakeDirectory(uint Parent, Name Name, ushort Mode, ushort Umask, bool CopySgid, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Parent;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => throw new NotImplementedException();
}
