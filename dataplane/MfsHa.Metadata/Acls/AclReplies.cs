using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Acls;

/// <summary>Answer to GETFACL.</summary>
[MemoryPackable]
public sealed partial record AclReply(PosixAcl Acl) : Reply;
