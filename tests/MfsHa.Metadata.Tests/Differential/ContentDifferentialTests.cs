using System.Net;
using System.Text;
using MfsHa.Metadata.Acls;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Differential;

/// <summary>Attributes, locks, quotas and the tools' operations on a real mfsmaster and on the state, answer by answer.</summary>
public sealed class ContentDifferentialTests
{
    private const int Operations = 8000;
    private const int History = 15;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_state_answers_like_a_real_master(int seed)
    {
        if (RealMaster.Find() is not { } binary)
        {
            Assert.Skip($"no mfsmaster 4.x; name one in {RealMaster.Variable}");
            return;
        }

        await using var master = await RealMaster.StartAsync(binary, TestContext.Current.CancellationToken);
        var shard = new Shard(begin: WallClock);
        using var run = new Run(shard, master.Port, seed);
        run.Execute(Operations);
        Audit.Check(shard.State);
    }

    private static uint WallClock => (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private sealed class Run : IDisposable
    {
        private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];
        private static readonly string[] XattrNames = ["user.a", "user.b", "user.c", "trusted.a", "security.a", "system.a", ""];
        private static readonly uint[] Users = [0, 0, 0, 10, 11];

        private readonly Shard shard;
        private readonly int seed;
        private readonly Random random;
        private readonly WireSession[] sessions;
        private readonly WireConnection meta;
        private readonly Caller metaCaller = Shard.User(session: 9, root: 0);
        private readonly Queue<string> history = [];

        public Run(Shard shard, int port, int seed)
        {
            this.shard = shard;
            this.seed = seed;
            random = new Random(seed);
            sessions = [.. Enumerable.Range(1, 5).Select(i => new WireSession((uint)i, Address((byte)i), port, "/", 1))];
            meta = WireConnection.Meta(Address(6), port);
        }

        public void Execute(int count)
        {
            for (var i = 0; i < count; i++)
            {
                shard.Now = WallClock;
                var session = random.Next(3) == 0 ? sessions[random.Next(sessions.Length)] : sessions[0];
                var uid = Users[random.Next(Users.Length)];
                var credentials = new Credentials(uid, [uid]);
                var caller = session.CallerFor(uid, [uid]);
                switch (random.Next(6))
                {
                    case 0 or 1:
                        var tree = AnyTreeOperation(caller);
                        Compare(tree, session.Execute(tree, credentials), Answer.Of);
                        break;
                    case 2 when random.Next(2) == 0:
                        var trash = AnyTrashOperation();
                        Compare(trash, ContentSession.Execute(meta, trash, credentials), reply => ContentAnswer.Of(shard.State, reply));
                        break;
                    default:
                        var operation = AnyContentOperation(caller);
                        Compare(operation, ContentSession.Execute(session.Connection, operation, credentials), reply => ContentAnswer.Of(shard.State, reply));
                        Look(session, caller, credentials);
                        break;
                }
            }
        }

        public void Dispose()
        {
            meta.Dispose();
            foreach (var session in sessions)
            {
                session.Dispose();
            }
        }

        private static IPAddress Address(byte last) => new([127, 0, 0, last]);

        private void Look(WireSession session, Caller caller, Credentials credentials)
        {
            var look = new GetAttributes(AnyObject(), true, caller);
            Compare(look, session.Execute(look, credentials), Answer.Of);
        }

        private void Compare(Operation operation, Answer expected, Func<Reply, Answer> describe)
        {
            var reply = operation is Command command ? shard.Execute(command) : shard.Execute((Query)operation);
            var actual = describe(reply);
            history.Enqueue($"{operation} -> {expected.Status} {expected.Text}");
            while (history.Count > History)
            {
                history.Dequeue();
            }

            Assert.True(expected.Matches(actual), $"seed {seed}\n{string.Join('\n', history)}\nmaster: {expected}\nstate:  {actual}");
        }

        private Operation AnyTreeOperation(Caller caller)
        {
            var directory = AnyDirectory();
            return random.Next(14) switch
            {
                0 or 1 => new MakeDirectory(directory, AnyName(), 0x1FF, 0, false, caller),
                2 or 3 or 4 => new CreateFile(directory, AnyName(), 0x1FF, 0, caller),
                5 => new MakeSymlink(directory, AnyName(), "x"u8.ToArray(), caller),
                6 => new MakeLink(AnyObject(), directory, AnyName(), caller),
                7 or 11 or 12 or 13 => new RemoveFile(directory, EntryOf(directory), caller),
                8 => new OpenFile(AnyObject(), OpenFlags.Read, caller),
                9 => new SetLength(AnyObject(), TruncateFlags.None, (ulong)random.NextInt64(1L << random.Next(1, 40)), false, caller),
                _ => new GetDirectoryTotals(AnyObject(), caller),
            };
        }

        private Operation AnyTrashOperation()
        {
            var detached = shard.State.Detached.All().Select(static d => d.Key).ToList();
            var number = detached.Count == 0 || random.Next(5) == 0 ? AnyObject() : detached[random.Next(detached.Count)];
            return random.Next(9) switch
            {
                0 => new ListDetached(NodeType.Trash, 0, 1, 0, 10_000),
                1 => new ListDetached(NodeType.Sustained, 0, 1, 0, 10_000),
                2 => new ListDetached(NodeType.Trash, number % 4096, 4096, 0, 10_000),
                3 => new GetDetachedAttributes(number, (byte)random.Next(4), metaCaller),
                4 => new GetTrashPath(number, metaCaller),
                5 => new SetTrashPath(number, AnyPath(), metaCaller),
                6 => new PurgeTrash(number, metaCaller),
                _ => new UndeleteFile(number, metaCaller),
            };
        }

        private Operation AnyContentOperation(Caller caller)
        {
            var number = AnyObject();
            var modes = (SetModes)random.Next(8);
            var mode = (GetMode)random.Next(2);
            return random.Next(25) switch
            {
                0 or 1 => new SetXattr { Inode = number, Name = AnyXattr(canBeEmpty: false), Value = new byte[random.Next(4)], Mode = (XattrSetMode)random.Next(4), Opened = random.Next(2) == 0, Caller = caller },
                2 => new GetXattr { Inode = number, Name = AnyXattr(canBeEmpty: true), Mode = (XattrGetMode)random.Next(2), Opened = random.Next(2) == 0, Caller = caller },
                3 or 4 => AnySetAcl(number, caller),
                5 => new GetAcl(number, (AclType)random.Next(1, 3), caller),
                6 or 7 => new Flock(number, (ulong)random.Next(2), AnyFlock(), caller.Session),
                8 or 9 => AnyPosixLock(number, caller),
                10 => new GetPosixLock(number, caller.Session, (ulong)random.Next(2), (PosixLockType)random.Next(3), (ulong)random.Next(10), (ulong)random.Next(10, 20)),
                11 => AnyAppend(caller),
                12 => new GetNodeInfo(number, 1000, 0, caller),
                13 => new SetStorageClass { Inode = number, Modes = modes, OldName = AnyClass(), NewName = AnyClass(), Caller = caller },
                14 => new GetStorageClasses(number, mode, null, caller),
                15 => new SetTrashRetention(number, (uint)random.Next(200_000), modes, null, caller),
                16 => new GetTrashRetention(number, mode, null, caller),
                17 => new SetExtraAttributes(number, AnyExtraAttributes(), (SetModes)(random.Next(4) == 0 ? random.Next(8) : (int)SetModes.Decrease | random.Next(2) * 4), null, caller),
                18 => new GetExtraAttributes(number, mode, null, caller),
                19 => new GetQuota(number, caller),
                20 => AnySnapshot(caller),
                21 => AnySnapshotRemoval(caller),
                _ => AnySetQuota(number, caller),
            };
        }

        private SetQuota AnySetQuota(uint number, Caller caller)
        {
            var removes = random.Next(2) == 0;
            return new SetQuota
            {
                Inode = number,
                Flags = (QuotaFlags)random.Next(256),
                Removes = removes,
                GraceSeconds = removes ? SetQuota.KeepGrace : random.Next(3) switch { 0 => 0, 1 => SetQuota.KeepGrace, _ => 100_000 },
                Soft = AnyAmounts(),
                Hard = AnyAmounts(),
                Caller = caller,
            };
        }

        private QuotaAmounts AnyAmounts() =>
            new((uint)random.Next(40), (ulong)random.NextInt64(1L << random.Next(20, 45)), (ulong)random.Next(100), (ulong)random.Next(100));

        private RemoveSnapshot AnySnapshotRemoval(Caller caller)
        {
            var parent = AnyDirectory();
            return new RemoveSnapshot(parent, EntryOf(parent), random.Next(2) == 0 ? SnapshotModes.ForceRemoval : SnapshotModes.None, caller);
        }

        /// <summary>Not of too much, or the tree grows without bounds.</summary>
        private MakeSnapshot AnySnapshot(Caller caller)
        {
            uint source;
            do
            {
                source = AnyObject();
            }
            while (shard.State.Totals.Get(source) is { Inodes: > 30 });
            var parent = AnyDirectory();
            return new MakeSnapshot
            {
                Source = source,
                Parent = parent,
                Name = random.Next(2) == 0 ? AnyName() : EntryOf(parent),
                Modes = (SnapshotModes)random.Next(16),
                Umask = (ushort)random.Next(0x200),
                Caller = caller,
            };
        }

        private AppendSlice AnyAppend(Caller caller) => new()
        {
            Flags = (AppendSliceFlags)random.Next(4),
            Inode = AnyFile(),
            Source = AnyFile(),
            From = (uint)random.Next(4),
            To = (uint)random.Next(6),
            Caller = caller,
        };

        private PosixLock AnyPosixLock(uint number, Caller caller)
        {
            var start = random.Next(20);
            return new PosixLock
            {
                Inode = number,
                Session = caller.Session,
                Owner = (ulong)random.Next(2),
                Pid = (uint)random.Next(100),
                Order = PosixLockCommand.Try,
                Type = (PosixLockType)random.Next(3),
                Start = (ulong)start,
                End = random.Next(4) == 0 ? ulong.MaxValue : (ulong)random.Next(start + 1, 22),
            };
        }

        private FlockCommand AnyFlock() => random.Next(5) switch
        {
            0 or 1 => FlockCommand.TryShared,
            2 => FlockCommand.TryExclusive,
            3 => FlockCommand.Unlock,
            _ => FlockCommand.Release,
        };

        /// <summary>mfsmaster 4.56 takes a default ACL for a file, newer ones refuse it.</summary>
        private SetAcl AnySetAcl(uint number, Caller caller)
        {
            var isDirectory = shard.State.Inodes.Get(number) is { IsDirectory: true };
            return new SetAcl(number, isDirectory ? (AclType)random.Next(1, 3) : AclType.Access, AnyAcl(), caller);
        }

        private PosixAcl AnyAcl()
        {
            if (random.Next(4) == 0)
            {
                return new PosixAcl(PosixAcl.Unset, PosixAcl.Unset, PosixAcl.Unset, PosixAcl.Unset, [], []);
            }

            ushort Permission() => random.Next(6) == 0 ? PosixAcl.Unset : (ushort)random.Next(8);
            return random.Next(3) == 0
                ? new PosixAcl(Permission(), Permission(), Permission(), PosixAcl.Unset, [], [])
                : new PosixAcl(Permission(), Permission(), Permission(), (ushort)random.Next(8), [new AclEntry(10, (ushort)random.Next(8))], [new AclEntry(11, (ushort)random.Next(8))]);
        }

        private ExtraAttributes AnyExtraAttributes() => (ExtraAttributes)(1 << random.Next(8));

        private Name AnyClass() => new(random.Next(10) == 0 ? "zz" : $"{random.Next(1, 10)}");

        private Name AnyName() => new(Names[random.Next(Names.Length)]);

        /// <summary>mfsmaster 4.56 takes an attribute without a name, newer ones refuse it.</summary>
        private Name AnyXattr(bool canBeEmpty) => new(XattrNames[random.Next(XattrNames.Length - (canBeEmpty ? 0 : 1))]);

        private byte[] AnyPath() =>
            Encoding.UTF8.GetBytes(string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(15) == 0 ? ".." : Names[random.Next(Names.Length)])));

        private uint AnyDirectory()
        {
            var directories = shard.State.Totals.All().Select(static t => t.Key).ToList();
            return directories[random.Next(directories.Count)];
        }

        private Name EntryOf(uint directory)
        {
            var names = shard.State.Edges.Range((directory, 0), (directory + 1, 0)).Select(static e => e.Value.Name).ToList();
            return names.Count == 0 || random.Next(8) == 0 ? AnyName() : names[random.Next(names.Count)];
        }

        private uint AnyFile()
        {
            var files = shard.State.Inodes.All().Where(static i => i.Value.IsFile).Select(static i => i.Key).ToList();
            return files.Count == 0 || random.Next(10) == 0 ? AnyObject() : files[random.Next(files.Count)];
        }

        private uint AnyObject()
        {
            var objects = shard.State.Inodes.All().Select(static i => i.Key).ToList();
            return random.Next(30) == 0 ? (uint)random.Next(2, 100) : objects[random.Next(objects.Count)];
        }
    }
}
