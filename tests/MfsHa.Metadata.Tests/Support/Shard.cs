using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Support;

/// <summary>One formatted shard in memory with a clock that the test moves.</summary>
internal sealed class Shard
{
    public const uint Begin = 1_700_000_000;

    public Shard(int hotEntries = 100_000, uint begin = Begin)
    {
        Now = begin;
        State = new NamespaceState(Store, group: 1, hotEntries);
        Processor = new CommandProcessor(State);
        Run(new FormatNamespace(2));
    }

    /// <summary>Another state over a copy of what a shard has written.</summary>
    public Shard(Shard written)
    {
        Store.Write([.. written.Store.Records.Select(r => new StoreChange(r.Key, r.Value))]);
        State = new NamespaceState(Store, group: 1, hotEntries: 100);
        Processor = new CommandProcessor(State);
        Now = written.Now;
    }

    public MemoryStore Store { get; } = new();

    public NamespaceState State { get; }

    public CommandProcessor Processor { get; }

    /// <summary>Unix seconds of the next operation.</summary>
    public uint Now { get; set; }

    public static Caller User(uint uid = 0, uint[]? gids = null, uint session = 1, uint root = 1, SessionFlags flags = SessionFlags.None, DisabledOperations disables = DisabledOperations.None) => new()
    {
        Session = session,
        Uid = uid,
        Gids = gids ?? [uid],
        OriginalUid = uid,
        OriginalGid = gids?[0] ?? uid,
        RootInode = root,
        SessionFlags = flags,
        Disables = disables,
    };

    public Reply Execute(Command command) => Processor.Execute(command, new OperationContext(Now));

    public Reply Execute(Query query) => Processor.Execute(query, new OperationContext(Now));

    public StatusCode Status(Command command) => Execute(command).Status;

    public StatusCode Status(Query query) => Execute(query).Status;

    /// <summary>Executes what must succeed.</summary>
    public void Run(Command command) => Assert.Equal(StatusCode.Ok, Status(command));

    public T Run<T>(Command command)
        where T : Reply => Assert.IsType<T>(Execute(command));

    public T Run<T>(Query query)
        where T : Reply => Assert.IsType<T>(Execute(query));

    public uint MakeDirectory(uint parent, string name, ushort mode = 0x1FF, Caller? caller = null) =>
        Run<NodeReply>(new MakeDirectory(parent, new Name(name), mode, 0, CopySgid: true, caller ?? User())).Inode;

    public uint CreateFile(uint parent, string name, ushort mode = 0x1FF, Caller? caller = null) =>
        Run<OpenReply>(new CreateFile(parent, new Name(name), mode, 0, caller ?? User())).Inode;

    /// <summary>A file that no session has open.</summary>
    public uint MakeFile(uint parent, string name, ushort mode = 0x1FF, Caller? caller = null) =>
        Run<NodeReply>(new MakeNode(parent, new Name(name), NodeType.File, mode, 0, 0, caller ?? User())).Inode;

    public Inode Inode(uint number) => State.Inodes.Require(number);

    public AttributeRecord Attributes(uint inode, Caller? caller = null) =>
        Run<NodeReply>(new GetAttributes(inode, Opened: false, caller ?? User())).Attributes;

    public uint? Find(uint parent, string name, Caller? caller = null) =>
        (Execute(new Lookup(parent, new Name(name), caller ?? User())) as LookupReply)?.Inode;

    public void Set(uint number, ExtraAttributes attributes)
    {
        State.Inodes.Set(number, Inode(number) with { ExtraAttributes = attributes });
        State.Commit(success: true);
    }

    public void SetAccessAcl(uint number, PosixAcl acl)
    {
        State.Inodes.Set(number, Inode(number) with { HasAccessAcl = true });
        State.Acls.Set((number, (uint)AclType.Access), acl);
        State.Commit(success: true);
    }

    public void SetDefaultAcl(uint number, PosixAcl acl)
    {
        State.Inodes.Set(number, Inode(number) with { HasDefaultAcl = true });
        State.Acls.Set((number, (uint)AclType.Default), acl);
        State.Commit(success: true);
    }

    /// <summary>Writes what waits, as a log index later.</summary>
    public void Write()
    {
        State.Advance(new LogPosition(State.Position.Index + 1, 1, Now * 1000L));
        State.WritePending();
    }
}
