using System.Net;
using System.Text;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Differential;

/// <summary>Runs the same operations on a real mfsmaster and on the state, and compares every answer.</summary>
public sealed class DifferentialTests
{
    private const int Operations = 10_000;
    private const int History = 15;
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f", "g", "h", ".", "..", "a/b", ""];

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
        private readonly Shard shard;
        private readonly int seed;
        private readonly Random random;
        private readonly WireSession[] sessions;
        private readonly uint subtree;
        private readonly Queue<string> history = [];

        public Run(Shard shard, int port, int seed)
        {
            this.shard = shard;
            this.seed = seed;
            random = new Random(seed);
            var first = new WireSession(1, Address(1), port, "/", 1);
            subtree = shard.MakeDirectory(1, "sub");
            first.Execute(new MakeDirectory(1, new Name("sub"), 0x1FF, 0, true, Shard.User()), new Credentials(0, [0]));
            sessions =
            [
                first,
                new WireSession(2, Address(2), port, "/", 1),
                new WireSession(3, Address(3), port, "/", 1),
                new WireSession(4, Address(4), port, "/", 1),
                new WireSession(5, Address(5), port, "/", 1),
                new WireSession(6, Address(1), port, "/sub", subtree),
            ];
        }

        public void Execute(int count)
        {
            for (var i = 0; i < count; i++)
            {
                shard.Now = WallClock;
                if (random.Next(40) == 0)
                {
                    SetExtraAttributes();
                    continue;
                }

                if (random.Next(40) == 0)
                {
                    SetAcl();
                    continue;
                }

                if (random.Next(60) == 0)
                {
                    SendOneWay();
                    continue;
                }

                var session = random.Next(3) == 0 ? sessions[random.Next(sessions.Length)] : sessions[0];
                var credentials = AnyCredentials();
                var operation = AnyOperation(session.CallerFor(credentials.Uid, credentials.Groups));
                Compare(session, operation, credentials);
            }
        }

        public void Dispose()
        {
            foreach (var session in sessions)
            {
                session.Dispose();
            }
        }

        private static IPAddress Address(byte last) => new([127, 0, 0, last]);

        private void Compare(WireSession session, Operation operation, Credentials credentials)
        {
            var expected = session.Execute(operation, credentials);
            var reply = operation is Command command ? shard.Execute(command) : shard.Execute((Query)operation);
            var actual = Answer.Of(reply);
            history.Enqueue($"{operation} -> {expected.Status}");
            while (history.Count > History)
            {
                history.Dequeue();
            }

            Assert.True(expected.Matches(actual), $"seed {seed}\n{string.Join('\n', history)}\nmaster: {expected}\nstate:  {actual}");
            Touch(operation, reply);
        }

        /// <summary>Access times that a read moves at once in mfsmaster follow by a command here.</summary>
        private void Touch(Operation operation, Reply reply)
        {
            var (number, caller) = (operation, reply) switch
            {
                (ReadDirectory o, DirectoryReply { AccessTimeDue: true } r) => (r.Directory, o.Caller),
                (ReadLink o, TargetReply { AccessTimeDue: true }) => (o.Caller.Real(o.Inode), o.Caller),
                _ => (0u, null),
            };
            if (caller is not null)
            {
                shard.Run(new UpdateTimes([new TimeUpdate(number, shard.Now, 0)], caller));
            }
        }

        private void SetExtraAttributes()
        {
            var number = AnyObject();
            var attributes = random.Next(3) == 0 ? ExtraAttributes.None : (ExtraAttributes)(1 << random.Next(8));
            if (sessions[0].SetExtraAttributes(number, attributes) != StatusCode.Ok)
            {
                return;
            }

            var inode = shard.Inode(number);
            var set = inode.IsDirectory ? attributes : attributes & ~ExtraAttributes.NoEntryCache;
            var cleaned = inode.IsDirectory ? inode.ExtraAttributes : inode.ExtraAttributes & ~ExtraAttributes.NoEntryCache;
            shard.State.Inodes.Set(number, inode with { ExtraAttributes = set, ChangeTime = set == cleaned ? inode.ChangeTime : shard.Now });
            shard.State.Commit(success: true);
            history.Enqueue($"eattr {number} = {attributes}");
        }

        /// <summary>An ACL with all permissions given; the mode follows an access ACL.</summary>
        private void SetAcl()
        {
            var number = random.Next(2) == 0 ? AnyDirectory() : AnyObject();
            var type = (AclType)random.Next(1, 3);
            var trivial = random.Next(3) == 0;
            var acl = new PosixAcl(
                (ushort)random.Next(8),
                (ushort)random.Next(8),
                (ushort)random.Next(8),
                trivial ? PosixAcl.Unset : (ushort)random.Next(8),
                trivial ? [] : [.. new uint[] { 10, 11, 12 }.Where(_ => random.Next(2) == 0).Select(AnyEntry)],
                trivial ? [] : [.. new uint[] { 10, 12, 20 }.Where(_ => random.Next(2) == 0).Select(AnyEntry)]);
            history.Enqueue($"acl {number} {type} {acl}");
            if (sessions[0].SetAcl(number, type, acl) != StatusCode.Ok)
            {
                return;
            }

            var inode = shard.Inode(number);
            var isAccess = type == AclType.Access;
            var kept = !isAccess || !acl.IsTrivial;
            var key = (number, (uint)type);
            if (kept)
            {
                shard.State.Acls.Set(key, acl);
            }
            else if (shard.State.Acls.Contains(key))
            {
                shard.State.Acls.Remove(key);
            }

            var mode = isAccess ? (ushort)((inode.Mode & 0xE00) | (acl.User << 6) | (acl.Group << 3) | acl.Other) : inode.Mode;
            shard.State.Inodes.Set(number, inode with
            {
                Mode = mode,
                HasAccessAcl = isAccess ? kept : inode.HasAccessAcl,
                HasDefaultAcl = isAccess ? inode.HasDefaultAcl : kept,
                ChangeTime = mode == inode.Mode ? inode.ChangeTime : shard.Now,
            });
            shard.State.Commit(success: true);

            AclEntry AnyEntry(uint id) => new(id, (ushort)random.Next(8));
        }

        /// <summary>Packets without answers; a request after them on the same connection waits until they have done their work.</summary>
        private void SendOneWay()
        {
            var index = random.Next(sessions.Length);
            var session = sessions[index];
            var caller = session.CallerFor(0, [0]);
            if (random.Next(2) == 0)
            {
                uint[] inodes = [.. new[] { AnyObject(), AnyObject(), AnyObject() }.Where(shard.State.Inodes.Contains).Distinct().Order()];
                session.SyncOpenFiles(inodes);
                shard.Run(new SyncOpenFiles(caller.Session, inodes));
                history.Enqueue($"open {caller.Session}: {string.Join(' ', inodes)}");
            }
            else
            {
                TimeUpdate[] updates = [new(AnyObject(), AnyTime(), 0), new(AnyObject(), 0, AnyTime()), new(AnyObject(), AnyTime(), AnyTime())];
                updates = [.. updates.Where(u => caller.RootInode == 1 || u.Inode != 1)];
                session.UpdateTimes(updates);
                shard.Run(new UpdateTimes(updates, caller));
                history.Enqueue($"times {caller.Session}: {string.Join(' ', updates)}");
            }

            Compare(session, new GetAttributes(1, true, caller), new Credentials(0, [0]));
        }

        private Credentials AnyCredentials() => random.Next(6) switch
        {
            0 => new Credentials(10, [10, 20]),
            1 => new Credentials(11, [20]),
            2 => new Credentials(12, [12]),
            _ => new Credentials(0, [0]),
        };

        private Operation AnyOperation(Caller caller)
        {
            var directory = AnyDirectory();
            var mode = (ushort)(random.Next(4) == 0 ? random.Next(0x1000) : 0x1FF);
            var umask = (ushort)(random.Next(3) == 0 ? random.Next(0x200) : 0);
            return random.Next(28) switch
            {
                0 or 1 => new MakeDirectory(directory, AnyName(), mode, umask, random.Next(2) == 0, caller),
                2 or 3 => new CreateFile(directory, AnyName(), mode, umask, caller),
                4 or 5 => new MakeNode(directory, AnyName(), random.Next(2) == 0 ? NodeType.File : (NodeType)random.Next(12), mode, umask, (uint)random.Next(), caller),
                6 => new MakeSymlink(directory, AnyName(), [.. Enumerable.Repeat((byte)'x', random.Next(5))], caller),
                7 or 8 or 9 => new RemoveFile(directory, EntryOf(directory), caller),
                10 => new RemoveDirectory(directory, EntryOf(directory), caller),
                11 or 12 => AnyRename(caller),
                13 => new MakeLink(AnyObject(), directory, AnyName(), caller),
                14 or 15 => AnySetAttributes(caller),
                16 or 17 => new SetLength(AnyObject(), (TruncateFlags)(random.Next(3) == 0 ? random.Next(16) : 0), AnyLength(), false, caller),
                18 => new OpenFile(AnyObject(), (OpenFlags)random.Next(32), caller),
                19 => new CheckAccess(AnyObject(), (AccessMask)random.Next(8), caller),
                20 => new Lookup(directory, random.Next(2) == 0 ? EntryOf(directory) : AnyName(), caller),
                21 => new LookupPath(directory, AnyPath(), caller),
                22 => new ReadDirectory(directory, (ReadDirectoryFlags)random.Next(2), random.Next(2) == 0 ? (uint)random.Next(6) : uint.MaxValue, 0, caller),
                23 => new GetPaths(AnyObject(), caller),
                24 => new GetParents(AnyObjectInTree(), caller),
                25 => new GetDirectoryTotals(AnyObject(), caller),
                26 => random.Next(2) == 0 ? new ReadLink(AnyObject(), caller) : new GetFileSystemStatus(0, 0, 0, caller),
                _ => new GetAttributes(AnyObject(), random.Next(2) == 0, caller),
            };
        }

        private Rename AnyRename(Caller caller)
        {
            while (true)
            {
                var from = AnyDirectory();
                var to = random.Next(2) == 0 ? from : AnyDirectory();
                var name = EntryOf(from);
                var target = random.Next(2) == 0 ? EntryOf(to) : AnyName();
                var source = shard.State.Entries.Get((caller.Real(from), name))?.Inode;
                var replaced = shard.State.Entries.Get((caller.Real(to), target))?.Inode;

                // A kernel never asks for these, and mfsmaster is not made for them: an entry onto itself, a directory into itself.
                if (!(from == to && name == target) && source != caller.Real(to) && replaced != caller.Real(from))
                {
                    return new Rename(from, name, to, target, (RenameMode)random.Next(3), caller);
                }
            }
        }

        private SetAttributes AnySetAttributes(Caller caller) => new()
        {
            Inode = AnyObject(),
            Opened = random.Next(2) == 0,
            Changes = (SetAttributesMask)(random.Next(2) == 0 ? 1 << random.Next(8) : random.Next(256)),
            Mode = (ushort)random.Next(0x1000),
            Uid = random.Next(2) == 0 ? caller.Uid : (uint)random.Next(10, 13),
            Gid = random.Next(2) == 0 ? caller.Gids[0] : (uint)random.Next(1, 3) * 10,
            AccessTime = AnyTime(),
            ModificationTime = AnyTime(),
            WinAttributes = (WindowsAttributes)random.Next(16),
            ClearMode = (SetIdClearMode)random.Next(6),
            Caller = caller,
        };

        /// <summary>Up to where mfsmaster's 32-bit chunk index overflows and lets too long a file pass.</summary>
        private ulong AnyLength() => (ulong)random.NextInt64(1L << random.Next(1, 58));

        private uint AnyTime() => (uint)(shard.Now - random.Next(200_000));

        private Name AnyName() => new(Names[random.Next(random.Next(10) == 0 ? Names.Length : 8)]);

        private byte[] AnyPath()
        {
            var path = new StringBuilder(random.Next(2) == 0 ? "/" : string.Empty);
            for (var i = random.Next(4); i > 0; i--)
            {
                path.Append(Names[random.Next(random.Next(3) == 0 ? 10 : 8)]).Append('/', random.Next(10) == 0 ? 2 : i == 1 ? random.Next(2) : 1);
            }

            return Encoding.UTF8.GetBytes(path.ToString());
        }

        private Name EntryOf(uint directory)
        {
            var names = shard.State.Edges.Range((directory, 0), (directory + 1, 0)).Select(e => e.Value.Name).ToList();
            return names.Count == 0 || random.Next(8) == 0 ? AnyName() : names[random.Next(names.Count)];
        }

        private uint AnyDirectory()
        {
            var directories = shard.State.Totals.All().Select(t => t.Key).ToList();
            return random.Next(20) == 0 ? AnyObject() : directories[random.Next(directories.Count)];
        }

        /// <summary>mfsmaster 4.56.6 crashes when it is asked for the parents of a file in the trash.</summary>
        private uint AnyObjectInTree()
        {
            while (true)
            {
                var number = AnyObject();
                if (shard.State.Inodes.Get(number) is not { IsDetached: true })
                {
                    return number;
                }
            }
        }

        private uint AnyObject()
        {
            var objects = shard.State.Inodes.All().Select(i => i.Key).ToList();
            return random.Next(20) == 0 ? (uint)random.Next(2, 100) : objects[random.Next(objects.Count)];
        }
    }
}
