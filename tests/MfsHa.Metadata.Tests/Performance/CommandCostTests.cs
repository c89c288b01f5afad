using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Performance;

/// <summary>
/// Processor time of commands (of the whole process, garbage collection included): parsing, execution, remembered reply and encoding of the changes, without a store. The limits are far above what is
/// measured (see the printed numbers), so that only a real slowdown fails.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class CommandCostTests(ITestOutputHelper output)
{
    private const int Files = 100_000;
    private const int Batch = 500;
    private const double LimitMicroseconds = 100;

    [Fact]
    public void A_create_an_open_a_lookup_and_an_unlink_cost_microseconds()
    {
        var state = new NamespaceState(new NoStore(), 1, hotEntries: 20 * Files);
        var processor = new CommandProcessor(state);
        processor.Execute(new FormatNamespace(2), new OperationContext(1));
        var directory = 1u;
        for (var depth = 0; depth < 4; depth++)
        {
            directory = ((NodeReply)processor.Execute(new MakeDirectory(directory, new Name("d"), 0x1FF, 0, false, Shard.User()), new OperationContext(1))).Inode;
        }

        var index = 0L;
        var request = 0UL;
        for (var round = 0; round < 2; round++)
        {
            Measure("create", i => new CreateFile(directory, new Name($"file{i}"), 0x1B6, 0, Shard.User()) { Stamp = new RequestStamp(1, (uint)(i % 16), ++request, 5, false) });
            Measure("lookup", i => new Lookup(directory, new Name($"file{i}"), Shard.User(10)));
            Measure("unlink", i => new RemoveFile(directory, new Name($"file{i}"), Shard.User()) { Stamp = new RequestStamp(1, (uint)(i % 16), ++request, 5, false) });
        }

        void Measure(string name, Func<int, Operation> make)
        {
            var operations = Enumerable.Range(0, Files).Select(i => MemoryPackSerializer.Serialize(make(i))).ToArray();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var begin = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < Files; i++)
            {
                var context = new OperationContext(2);
                var operation = MemoryPackSerializer.Deserialize<Operation>(operations[i])!;
                var reply = operation is Command command ? processor.Execute(command, context) : processor.Execute((Query)operation, context);
                Assert.Equal(StatusCode.Ok, reply.Status);
                if (i % Batch == 0)
                {
                    state.Advance(new LogPosition(++index, 1, 1));
                    state.WritePending();
                }
            }

            var microseconds = (Environment.CpuUsage.TotalTime - begin).TotalMicroseconds / Files;
            output.WriteLine($"{name}: {microseconds:0.00} us, {(GC.GetAllocatedBytesForCurrentThread() - allocated) / Files} bytes");
            Assert.True(microseconds < LimitMicroseconds, $"{name} took {microseconds:0.0} us");
        }
    }

    /// <summary>Forgets everything: the cache is large enough.</summary>
    private sealed class NoStore : IOrderedStore
    {
        public byte[]? Get(ReadOnlySpan<byte> key) => null;

        public IStoreCursor Open(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until) => new NoCursor();

        public byte[]? LastKey(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until) => null;

        public void Write(IReadOnlyList<StoreChange> changes)
        {
        }

        private sealed class NoCursor : IStoreCursor
        {
            public ReadOnlySpan<byte> Key => default;

            public ReadOnlySpan<byte> Value => default;

            public bool Next() => false;

            public void Dispose()
            {
            }
        }
    }
}
