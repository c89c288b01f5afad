using CsCheck;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Chunks;

/// <summary>Chunk tables, references and totals against lists that are obviously right.</summary>
public sealed class ChunkModelTests
{
    private const int Files = 3;
    private static readonly uint[] Indexes = [0, 1, 2, 62, 63, 64, 65, 127, 128, 200];

    private static readonly Gen<(int Operation, int File, int Other, int Index, int Tail)> Step =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, Files - 1], Gen.Int[0, Files - 1], Gen.Int[0, Indexes.Length - 1], Gen.Int[0, 3]);

    [Fact]
    public void Tables_references_and_totals_agree_with_a_naive_model() =>
        Step.Array[1, 40].Sample(static steps =>
        {
            var shard = new Shard(hotEntries: 8);
            var files = Enumerable.Range(0, Files).Select(i => shard.MakeFile(1, $"f{i}")).ToArray();
            var model = Enumerable.Range(0, Files).Select(static _ => new ModelFile()).ToArray();
            foreach (var (operation, file, other, index, tail) in steps)
            {
                Take(shard, files, model, operation, file, other, Indexes[index], tail);
                Check(shard, files, model);
            }

            shard.Write();
            Check(shard, files, model);
        }, iter: 300);

    private static void Take(Shard shard, uint[] files, ModelFile[] model, int operation, int file, int other, uint index, int tail)
    {
        shard.Now += 200;
        var number = files[file];
        var target = model[file];
        var end = (index * ChunkShard.ChunkSize) + ((ulong)tail * 1000);
        switch (operation)
        {
            case 0 or 1:
                target.Chunks[index] = shard.WriteChunk(number, index, end);
                target.Length = Math.Max(target.Length, Math.Max(end, index * ChunkShard.ChunkSize));
                break;
            case 2:
                shard.Truncate(number, end);
                var cut = FileLength.CutAt(end);
                if (cut is { } place && target.Chunks.ContainsKey(place.Index) && end != target.Length)
                {
                    target.Chunks[place.Index] = shard.Slot(number, place.Index).Chunk!.Id;
                }

                target.Resize(end);
                break;
            case 3:
                var before = shard.Slot(number, index).Chunk?.Id;
                var begun = shard.Begin(number, index);
                shard.Run(new AbandonWrite(number, index, begun.Chunk, begun.Version, 1));
                Assert.Equal(before, shard.Slot(number, index).Chunk?.Id);
                target.Length = Math.Max(target.Length, index * ChunkShard.ChunkSize);
                break;
            case 4 or 5 when file != other:
                shard.Append(number, files[other], index % 3, (index % 3) + 1 + (uint)tail);
                target.Append(model[other], index % 3, (index % 3) + 1 + (uint)tail);
                break;
            case 6:
                foreach (var orphan in shard.Orphans())
                {
                    shard.Run<ChunksReply>(new CondemnChunks([orphan]));
                    shard.Run<CountReply>(new ForgetChunks([orphan]));
                }

                break;
            case 7:
                shard.Run<InodeReply>(new RemoveFile(1, new Name($"f{file}"), Shard.User()));
                if (shard.State.Inodes.Get(number) is { } trash)
                {
                    shard.State.Purge(number, trash, shard.Now);
                    shard.State.Commit(success: true);
                }

                files[file] = shard.MakeFile(1, $"f{file}");
                model[file] = new ModelFile();
                break;
            default:
                break;
        }
    }

    private static void Check(Shard shard, uint[] files, ModelFile[] model)
    {
        var references = model.SelectMany(static f => f.Chunks.Values).GroupBy(static c => c).ToDictionary(static g => g.Key, static g => (uint)g.Count());
        long size = 0;
        for (var i = 0; i < Files; i++)
        {
            var inode = shard.Inode(files[i]);
            Assert.Equal(model[i].Chunks, shard.State.ChunksOf(files[i], inode, 0, ulong.MaxValue).ToDictionary(static c => c.Index, static c => c.Chunk));
            Assert.Equal(model[i].Length, inode.Length);
            Assert.Equal((uint)model[i].Chunks.Count, inode.ChunkCount);
            Assert.Equal(model[i].Chunks.Count == 0 ? 0 : model[i].Chunks.Keys.Max() + 1, inode.ChunkSlots);
            size += model[i].Occupied();
        }

        var chunks = shard.State.Chunks.All().ToDictionary(static c => c.Key, static c => c.Value.References);
        Assert.Equal(chunks.Count, shard.State.Counters.Chunks);
        Assert.Equal(references, chunks.Where(static c => c.Value > 0).ToDictionary());
        Assert.Equal(chunks.Where(static c => c.Value == 0).Select(static c => c.Key).Order(), shard.State.OrphanChunks.All().Select(static c => c.Key));

        var totals = shard.State.Totals.Require(1);
        Assert.Equal(
            ((long)model.Sum(static f => (decimal)f.Length), model.Sum(static f => f.Chunks.Count), size, size * 2),
            (totals.Length, totals.Chunks, totals.Size, totals.RealSize));
    }

    private sealed class ModelFile
    {
        public SortedDictionary<uint, ulong> Chunks { get; } = [];

        public ulong Length { get; set; }

        public void Resize(ulong length)
        {
            foreach (var index in Chunks.Keys.Where(i => i * ChunkShard.ChunkSize >= length).ToList())
            {
                Chunks.Remove(index);
            }

            Length = length;
        }

        public void Append(ModelFile source, uint from, uint to)
        {
            var available = (source.Length + ChunkShard.ChunkSize - 1) / ChunkShard.ChunkSize;
            var end = Math.Min(to, available);
            if (from >= end)
            {
                return;
            }

            var begin = (Length + ChunkShard.ChunkSize - 1) / ChunkShard.ChunkSize;
            Resize(begin * ChunkShard.ChunkSize);
            foreach (var (index, chunk) in source.Chunks.Where(c => c.Key >= from && c.Key < end).ToList())
            {
                Chunks[(uint)(begin + index - from)] = chunk;
            }

            Length = (begin * ChunkShard.ChunkSize) + Math.Min(source.Length, end * ChunkShard.ChunkSize) - (from * ChunkShard.ChunkSize);
        }

        public long Occupied()
        {
            long size = 0;
            var last = Length == 0 ? 0 : (Length - 1) / ChunkShard.ChunkSize;
            foreach (var index in Chunks.Keys)
            {
                if (index < last)
                {
                    size += (long)ChunkShard.ChunkSize + 8192;
                }
                else if (index == last)
                {
                    var inside = Length == 0 ? 0 : (long)((Length - 1) % ChunkShard.ChunkSize / 65536 * 65536) + 65536;
                    size += inside + 8192;
                }
            }

            return size;
        }
    }
}
