using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Gateway.Tests.Support;

/// <summary>A cluster of one node and one shard in memory: the real state machines without logs. Tests can stop it and look at what it was asked.</summary>
internal sealed class TestCluster : IMetadataCluster
{
    public const ulong MetaId = 0x1122334455667788;
    public const ulong MasterProcessId = 0x99AABBCCDDEEFF01;

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly NamespaceState namespaceState = new(new MemoryStore(), group: 1, hotEntries: 100_000);
    private readonly SystemState systemState = new(new MemoryStore());
    private readonly CommandProcessor commands;
    private readonly SystemProcessor system;
    private readonly List<object> asked = [];
    private TaskCompletionSource open = new();

    public TestCluster(TimeProvider? clock = null)
    {
        this.clock = clock ?? TimeProvider.System;
        commands = new CommandProcessor(namespaceState);
        system = new SystemProcessor(systemState);
        open.SetResult();
        Form();
    }

    /// <summary>Called for every supervised request instead of the built-in answers, if set.</summary>
    public Func<SupervisedRequest, CancellationToken, ValueTask<SupervisedReply>>? Supervisor { get; set; }

    /// <summary>What an operation waits for before it is executed, if set.</summary>
    public Func<object, Task>? BeforeExecution { get; set; }

    /// <summary>What an operation's answer waits for after it was executed, if set.</summary>
    public Func<Operation, Task>? BeforeAnswer { get; set; }

    /// <summary>Thrown by every call, if set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What was executed, in order.</summary>
    public IReadOnlyList<object> Asked
    {
        get
        {
            lock (gate)
            {
                return [.. asked];
            }
        }
    }

    public SystemState System => systemState;

    public NamespaceState Namespace => namespaceState;

    /// <summary>From now on nothing is answered (an election).</summary>
    public void Stop() => open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers again, also what waits.</summary>
    public void Continue() => open.TrySetResult();

    public async ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation)
    {
        await EnterAsync(operation, cancellation);
        var reply = Execute(operation);
        await (BeforeAnswer?.Invoke(operation) ?? Task.CompletedTask).WaitAsync(cancellation);
        return reply;
    }

    public async ValueTask<SystemReply> ExecuteAsync(SystemOperation operation, CancellationToken cancellation)
    {
        await EnterAsync(operation, cancellation);
        lock (gate)
        {
            return operation switch
            {
                SystemCommand command => system.Execute(command, Context),
                SystemQuery query => system.Execute(query, Context),
                _ => throw new ArgumentException("neither command nor query", nameof(operation)),
            };
        }
    }

    public async ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation)
    {
        await EnterAsync(request, cancellation);
        if (Supervisor is { } supervisor)
        {
            return await supervisor(request, cancellation);
        }

        // Without chunkservers: lengths change, everything is a hole, nothing can be written.
        return request switch
        {
            TruncateRequest truncate => Execute(new SetLength(truncate.Inode, (TruncateFlags)truncate.Flags, truncate.Length, false, truncate.Caller) { Stamp = truncate.Stamp }) switch
            {
                LengthReply length => new TruncateDone(length.PreviousLength, length.Attributes),
                var refused => new SupervisedStatus(refused.Status),
            },
            ReadChunkRequest read => Execute(new GetAttributes(read.Inode, true, read.Caller)) is NodeReply node
                ? new ChunkAccess(node.Attributes.Length, 0, 0, [])
                : new SupervisedStatus(StatusCode.ENoEnt),
            WaitForLockRequest => await WaitAsync(cancellation),
            _ => new SupervisedStatus(StatusCode.NoChunkServers),
        };
    }

    private OperationContext Context => new((uint)clock.GetUtcNow().ToUnixTimeSeconds());

    private static async Task<SupervisedReply> WaitAsync(CancellationToken cancellation)
    {
        await Task.Delay(20, cancellation);
        return new SupervisedStatus(StatusCode.Ok);
    }

    private Reply Execute(Operation operation)
    {
        lock (gate)
        {
            return operation switch
            {
                Command command => (command.MayChangeNothing ? commands.AnswerWithoutChange(command, Context) : null) ?? commands.Execute(command, Context),
                Query query => commands.Execute(query, Context),
                _ => throw new ArgumentException("neither command nor query", nameof(operation)),
            };
        }
    }

    private async Task EnterAsync(object operation, CancellationToken cancellation)
    {
        await open.Task.WaitAsync(cancellation);
        await (BeforeExecution?.Invoke(operation) ?? Task.CompletedTask).WaitAsync(cancellation);
        lock (gate)
        {
            asked.Add(operation);
        }

        if (Failure is { } failure)
        {
            throw failure;
        }
    }

    private void Form()
    {
        var form = new FormCluster
        {
            MetaId = MetaId,
            ClusterId = Guid.NewGuid(),
            MasterProcessId = MasterProcessId,
            Shards = 1,
            ReplicationFactor = 1,
            Founders = [new NodeRecord { Node = 1, Incarnation = 1, Address = "localhost:9600" }],
        };
        Assert.Equal(StatusCode.Ok, system.Execute(form, Context).Status);
        Assert.Equal(StatusCode.Ok, commands.Execute(new FormatNamespace(2), Context).Status);
    }
}
