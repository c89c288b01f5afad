using MfsHa.Metadata.Locks;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>PLCK 1.0: POSIX locks, by inode and owner, ranges ascending (mfsmaster/posixlocks.c: posix_lock_store).</summary>
internal sealed class PosixLockSection : ISection
{
    private const byte Version10 = 0x10;
    private const int EndLength = 37;
    private const byte ReadLock = 1;
    private const byte WriteLock = 2;

    /// <inheritdoc/>
    public string Name => "PLCK";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version10;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version10;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        foreach (var (shard, number, locks) in context.Shards.SelectMany(static s => s.PosixLocks.All().Select(p => (s, p.Key, p.Value))))
        {
            foreach (var owner in locks.Owners)
            {
                if (context.HasSession(owner.Session) && shard.IsOpenBy(number, owner.Session) && WriteContext.HasObject(shard, number))
                {
                    WriteOwner(file, number, owner);
                }
            }

            yield return default;
        }

        file.Zeros(EndLength);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        while (true)
        {
            var (number, owner, session, pid) = (file.UInt32(), file.UInt64(), file.UInt32(), file.UInt32());
            var (start, end, type) = (file.UInt64(), file.UInt64(), file.Byte());
            if (number == 0)
            {
                break;
            }

            if (!target.Shard.IsOpenBy(number, session) || type is not (ReadLock or WriteLock) || end <= start)
            {
                throw file.Damaged($"a POSIX lock of session {session} on inode {number} that cannot be");
            }

            Add(file, target, number, new OwnerLocks(session, owner, pid, [new LockRange(start, end, type == WriteLock)]));
            target.Step();
        }
    }

    private static void WriteOwner(FileBuilder file, uint number, OwnerLocks owner)
    {
        foreach (var range in owner.Ranges)
        {
            file.UInt32(number);
            file.UInt64(owner.Owner);
            file.UInt32(owner.Session);
            file.UInt32(owner.Pid);
            file.UInt64(range.Start);
            file.UInt64(range.End);
            file.Byte(range.Exclusive ? WriteLock : ReadLock);
        }
    }

    private static void Add(FileParser file, ImportTarget target, uint number, OwnerLocks added)
    {
        var owners = target.Shard.PosixLocks.Get(number)?.Owners ?? [];
        var range = added.Ranges[0];
        if (owners.Sum(static o => o.Ranges.Length) >= InodePosixLocks.MaxRanges || Array.Exists(owners, o => !o.IsOf(added.Session, added.Owner) && Array.Exists(o.Ranges, range.ConflictsWith)))
        {
            throw file.Damaged($"POSIX locks on inode {number} that contradict each other, or too many");
        }

        if (owners.Length == 0 || !owners[^1].IsOf(added.Session, added.Owner))
        {
            target.Shard.PosixLocks.Set(number, new InodePosixLocks([.. owners, added]));
            return;
        }

        var last = owners[^1];
        if (last.Ranges[^1].End > range.Start)
        {
            throw file.Damaged($"POSIX locks of session {added.Session} on inode {number} overlap");
        }

        target.Shard.PosixLocks.Set(number, new InodePosixLocks([.. owners[..^1], last with { Ranges = [.. last.Ranges, range] }]));
    }
}
