using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>One ordinary shard that does what the simulated shards do, and knows which of its objects is which of theirs.</summary>
internal sealed class Reference
{
    private readonly CommandProcessor processor;
    private readonly Dictionary<uint, uint> numbers = new() { [1] = 1 };
    private readonly Dictionary<(uint Session, ulong Request), string> answers = [];
    private readonly Dictionary<uint, (ulong Request, ulong Digest, Reply Reply)> lastOf = [];
    private readonly Dictionary<object, (Query Query, HashSet<string> Allowed)> questions = [];
    private readonly HashSet<ulong> superseded = [];
    private uint last = Simulation.Begin;

    public Reference()
    {
        State = new NamespaceState(new MemoryStore(), group: 1, hotEntries: 100_000);
        processor = new CommandProcessor(State);
        processor.Execute(new FormatNamespace(2), new OperationContext(Simulation.Begin));
    }

    public NamespaceState State { get; }

    /// <summary>
    /// True: all shards have heard of all quotas and of what is used of them, so that they refuse what one shard refuses. Otherwise what they know lags, and this one does what they have done.
    /// </summary>
    public bool QuotasAreKnown { get; set; }

    /// <summary>Numbers of the simulated shards' objects that have existed.</summary>
    public IReadOnlyCollection<uint> Numbers => numbers.Keys;

    /// <summary>
    /// Chunks of the simulated shards, and which one of this shard's each is. A write to a chunk that is to be given back to its owner makes a copy there and none here: then it is two that are
    /// one here, one after the other.
    /// </summary>
    public Dictionary<ulong, ulong> Chunks { get; } = [];

    /// <summary>Those of directories that exist.</summary>
    public IReadOnlyList<uint> Directories => [.. numbers.Where(n => State.Inodes.Get(n.Value) is { IsDirectory: true }).Select(static n => n.Key).Order()];

    public uint Of(uint number) => numbers.TryGetValue(number, out var known) ? known : throw new InvalidOperationException($"inode {number} appears from nowhere");

    public void Commit(Command command, Reply answer, uint now, CommitView view)
    {
        last = Math.Max(last, now);
        var stamp = command.Stamp!;
        var translated = Translate(command) with { Stamp = null };
        if (stamp.MayRepeat && lastOf.TryGetValue(stamp.Session, out var before) && before.Digest == stamp.Digest && before.Reply.Status == StatusCode.Ok
            && translated.StillHolds(State, before.Reply))
        {
            throw new InvalidOperationException($"{command} was executed although its first execution is still true");
        }

        if (view.TrashPath is { } path && translated is UndeleteFile undeleted && State.Detached.Get(undeleted.Inode) is { } detached)
        {
            // Last paths are remarks for people: what lies above in other shards may be missing. Here it decides.
            State.Detached.Set(undeleted.Inode, detached with { Path = path });
            State.Commit(success: true);
        }

        if (answer.Status == StatusCode.Quota && !QuotasAreKnown)
        {
            Refuse(stamp, State.HasQuotas ? answer : throw new InvalidOperationException($"{command} exceeds a quota, and there was never one"));
            return;
        }

        var mine = processor.Execute(translated, new OperationContext(last));
        if (mine.Status == StatusCode.Quota && !QuotasAreKnown)
        {
            mine = ExecuteWithoutQuotas(translated);
        }

        NoteLast(stamp, mine);
        if (mine.Status != answer.Status && !(command is MakeSnapshot or RemoveSnapshot && IsComplaint(mine.Status) && IsComplaint(answer.Status)))
        {
            throw new InvalidOperationException($"{command} was answered with {Simulation.Describe(answer)}, one shard says {Simulation.Describe(mine)}");
        }

        if (Created(answer) is { } number && Created(mine) is { } own && !numbers.TryAdd(number, own) && numbers[number] != own)
        {
            throw new InvalidOperationException($"{command} was answered with inode {number}, which is {numbers[number]} and should be {own}");
        }

        if (answer is ChunkWorkReply written && mine is ChunkWorkReply same)
        {
            Chunks[written.Chunk] = same.Chunk;
            if (command is BeginWrite { SeenChunk: not 0 and var seen } && written.Chunk != seen && same.Work.Kind == ChunkWorkKind.None)
            {
                superseded.Add(seen);
            }
        }

        if (command is MakeSnapshot or UndeleteFile or RecoverFromTrash && answer.Status == StatusCode.Ok)
        {
            LearnNumbers(view);
        }

        if (IsTransient(answer))
        {
            return;
        }

        if (!answers.TryAdd((stamp.Session, stamp.Request), Text(answer)))
        {
            throw new InvalidOperationException($"{command} was executed twice");
        }

        foreach (var (query, allowed) in questions.Values)
        {
            allowed.Add(Ask(query));
        }
    }

    /// <summary>A repeated request has got the answer to its first copy.</summary>
    public void Replay(RequestStamp stamp, ulong first)
    {
        if (answers.TryGetValue((stamp.Session, first), out var same) && answers.TryGetValue((stamp.Session, stamp.Request), out var known) && known == same)
        {
            // A late copy, at a shard that the request was handed over to.
            return;
        }

        if (!answers.TryGetValue((stamp.Session, first), out var answer) || lastOf[stamp.Session].Digest != stamp.Digest)
        {
            throw new InvalidOperationException($"session {stamp.Session}: request {stamp.Request:X} has got the answer to {first:X}, which is not its first copy");
        }

        answers[(stamp.Session, stamp.Request)] = answer;
    }

    /// <summary>A command was refused by a participant.</summary>
    public void Refuse(RequestStamp stamp, Reply answer)
    {
        if (!answers.TryAdd((stamp.Session, stamp.Request), Text(answer)))
        {
            throw new InvalidOperationException($"session {stamp.Session}: request {stamp.Request:X} is refused and has got an answer before");
        }

        NoteLast(stamp, answer);
    }

    /// <summary>A client has got an answer to a command.</summary>
    public void CheckAnswer(Command command, Reply answer)
    {
        var stamp = command.Stamp!;
        if (IsTransient(answer))
        {
            return;
        }

        if (!answers.TryGetValue((stamp.Session, stamp.Request), out var first) || first != Text(answer))
        {
            throw new InvalidOperationException($"{command} was answered with {Text(answer)}, its execution with {first ?? "nothing"}");
        }
    }

    public object BeginQuestion(Query query)
    {
        var key = new object();
        questions.Add(key, (query, [Ask(query)]));
        return key;
    }

    public void EndQuestion(object key, Reply answer)
    {
        questions.Remove(key, out var question);
        var text = Text(answer, Of);
        if (!question.Allowed.Contains(text))
        {
            throw new InvalidOperationException($"{question.Query} was answered with {text}, never true; true were {string.Join(" | ", question.Allowed)}");
        }
    }

    // A late copy of a request that was answered with "not now", which nobody remembers, may be executed when its client has gone on at another shard.
    private void NoteLast(RequestStamp stamp, Reply reply)
    {
        if (!lastOf.TryGetValue(stamp.Session, out var before) || before.Request <= stamp.Request)
        {
            lastOf[stamp.Session] = (stamp.Request, stamp.Digest, reply);
        }
    }

    private Reply ExecuteWithoutQuotas(Command command)
    {
        var quotas = State.Quotas.All().ToList();
        quotas.ForEach(q => State.Quotas.Remove(q.Key));
        State.Commit(success: true);
        var reply = processor.Execute(command, new OperationContext(last));
        quotas.FindAll(q => State.Inodes.Contains(q.Key)).ForEach(q => State.Quotas.Set(q.Key, q.Value));
        State.Commit(success: true);
        return reply;
    }

    // Objects that were made without a word about them are found by their entries.
    private void LearnNumbers(CommitView view)
    {
        var unknown = view.Entries().Where(e => !numbers.ContainsKey(e.Inode)).ToList();
        while (unknown.RemoveAll(e => numbers.TryGetValue(e.Directory, out var directory)
            && State.Entries.Get((directory, e.Name)) is { } entry
            && numbers.TryAdd(e.Inode, entry.Inode)) > 0)
        {
        }
    }

    // That a chunk is locked or has to be cut is no answer to be remembered: a copy of the request may meet it, too, or not.
    private static bool IsTransient(Reply answer) => answer.Status is StatusCode.Locked or StatusCode.Delayed;

    // Which of several things that are in the way is met first depends on the order of listings, and that on who has made the entries.
    private static bool IsComplaint(StatusCode status) => status is StatusCode.EPerm or StatusCode.EExist or StatusCode.EInval or StatusCode.EAcces;

    private static uint? Created(Reply reply) => reply switch
    {
        NodeReply { Inode: not 0 } node => node.Inode,
        OpenReply open => open.Inode,
        _ => null,
    };

    private static string Text(Reply reply) => Text(reply, static n => n);

    private static string Text(Reply reply, Func<uint, uint> number) => reply switch
    {
        NodeReply { Inode: 0 } => "Ok",
        NodeReply node => $"{number(node.Inode)} {Text(node.Attributes)}",
        OpenReply open => $"{number(open.Inode)} {Text(open.Attributes)}",
        LookupReply found => $"{number(found.Inode)} {Text(found.Attributes)}",
        InodeReply removed => $"{number(removed.Inode)}",
        DirectoryReply listing => string.Join(", ", listing.Entries.Select(e => $"{e.Name}={number(e.Inode)} {Text(e.Attributes)}").Order()),
        _ => $"{reply.Status}",
    };

    private static string Text(AttributeRecord a) => $"({a.Type} {a.Mode:X} {a.LinkCount})";

    private string Ask(Query query) => Text(processor.Execute(
        query switch
        {
            Lookup lookup => lookup with { Parent = Of(lookup.Parent) },
            ReadDirectory listing => listing with { Directory = Of(listing.Directory) },
            GetAttributes attributes => attributes with { Inode = Of(attributes.Inode) },
            _ => throw new InvalidOperationException($"{query} is not translated"),
        },
        new OperationContext(last)));

    private Command Translate(Command command) => command switch
    {
        MakeDirectory make => make with { Parent = Of(make.Parent), Home = null },
        MakeNode make => make with { Parent = Of(make.Parent) },
        CreateFile create => create with { Parent = Of(create.Parent) },
        RemoveFile remove => remove with { Parent = Of(remove.Parent), OuterPaths = null },
        RemoveDirectory remove => remove with { Parent = Of(remove.Parent) },
        Rename rename => rename with { SourceParent = Of(rename.SourceParent), TargetParent = Of(rename.TargetParent), OuterPaths = null },
        MakeLink link => link with { Inode = Of(link.Inode), Parent = Of(link.Parent) },
        SetAttributes set => set with { Inode = Of(set.Inode) },
        SetLength set => set with { Inode = Of(set.Inode) },
        BeginWrite write => write with { Inode = Of(write.Inode), SeenChunk = superseded.Contains(write.SeenChunk) ? 0 : Chunks.GetValueOrDefault(write.SeenChunk) },
        EndWrite end => end with { Inode = Of(end.Inode), Chunk = Chunks[end.Chunk] },
        AppendSlice append => append with { Inode = Of(append.Inode), Source = Of(append.Source) },
        MakeSnapshot snapshot => snapshot with { Source = Of(snapshot.Source), Parent = Of(snapshot.Parent), OuterPaths = null },
        RemoveSnapshot removal => removal with { Parent = Of(removal.Parent), HandedOver = false },
        UndeleteFile undelete => undelete with { Inode = Of(undelete.Inode) },
        RecoverFromTrash recover => recover with { Inode = Of(recover.Inode), Base = Of(recover.Base) },
        SetStorageClass set => set with { Inode = Of(set.Inode) },
        SetQuota set => set with { Inode = Of(set.Inode) },
        EverywhereCommand everywhere => everywhere,
        _ => throw new InvalidOperationException($"{command} is not translated"),
    };
}
