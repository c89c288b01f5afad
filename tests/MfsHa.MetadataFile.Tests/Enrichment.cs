using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Tests;

/// <summary>Gives objects of a state what random operations do not: attributes, ACLs, quotas, locks, storage classes.</summary>
internal static class Enrichment
{
    public static void Apply(NamespaceState state, int seed, bool onlyWhat3Knows)
    {
        AddClasses(state, onlyWhat3Knows);
        foreach (var (number, inode) in state.Inodes.All().ToList())
        {
            var choice = (int)(((uint)seed + (number * 7)) % 11);
            switch (choice)
            {
                case 0 or 1:
                    var changed = state.WithXattr(number, inode, new Name("user.b"), [1, 2, 3]);
                    changed = state.WithXattr(number, changed, new Name("user.a"), []);
                    state.Inodes.Set(number, state.WithXattr(number, changed, new Name("user.c"), new byte[300]));
                    break;
                case 2 when !inode.HasAccessAcl:
                    state.Acls.Set((number, (uint)AclType.Access), new PosixAcl(6, 4, PosixAcl.Unset, 7, [new AclEntry(5, 4), new AclEntry(9, 6)], [new AclEntry(1, 1)]));
                    state.Inodes.Set(number, inode with { HasAccessAcl = true });
                    break;
                case 3 when inode.IsDirectory:
                    state.SetQuota(number, new QuotaRecord(QuotaFlags.SoftInodes | QuotaFlags.HardRealSize, 60, true, 12345, new QuotaAmounts(5, 0, 0, 0), new QuotaAmounts(0, 0, 0, 1UL << 40)));
                    break;
                case 4 when inode.IsFile:
                    state.ChangeStorageClass(number, inode, 10);
                    break;
                default:
                    break;
            }

            Lock(state, number, choice);
            state.Commit(success: true);
        }
    }

    private static void AddClasses(NamespaceState state, bool onlyWhat3Knows)
    {
        var labels = new StorageMode { Labels = [LabelExpression.FromMasks([1, 6]), []] };
        var record = new StorageClassRecord
        {
            Id = 10, Name = new Name("labels é"), AdminOnly = true, LabelsMode = LabelsMode.Strict, ArchiveDelayHours = 48, Create = labels, Keep = labels, Archive = StorageMode.Copies(3),
        };
        state.StoreClasses();
        state.StorageClasses.Set(10, onlyWhat3Knows ? record : record with
        {
            ArchiveDelayHours = 5,
            ArchiveMode = 11,
            ArchiveMinSize = 1 << 20,
            MinTrashHours = 3,
            Create = StorageMode.Undefined,
            Keep = labels with { UniqueMask = 3, LabelsMode = LabelsMode.Loose },
            Archive = new StorageMode { ErasureCoding = 0x81, Labels = [[]] },
            Trash = StorageMode.Copies(1),
        });
        if (!onlyWhat3Knows)
        {
            state.NamePatterns = PatternTable.Empty
                .With(new NamePattern(new Name("*.tmp"), NamePattern.Anybody, 7, 128, PatternSettings.StorageClass | PatternSettings.ExtraAttributes, 10, 3, ExtraAttributes.NoOwner, ExtraAttributes.Snapshot))
                .With(new NamePattern(new Name("é[!a-c]"), 5, NamePattern.Anybody, 200, PatternSettings.TrashRetention, 0, 65535, ExtraAttributes.None, ExtraAttributes.None));
        }

        state.Commit(success: true);
    }

    private static void Lock(NamespaceState state, uint number, int choice)
    {
        if (state.OpenByInode.Get(number) is not { } open)
        {
            return;
        }

        if (choice % 2 == 0)
        {
            state.Flocks.Set(number, new InodeFlocks([.. open.Sessions.Select(static s => new FlockHolder(s, s + 1000, Exclusive: false))]));
        }
        else
        {
            state.Flocks.Set(number, new InodeFlocks([new FlockHolder(open.Sessions[0], 1, Exclusive: true)]));
            state.PosixLocks.Set(number, new InodePosixLocks(
                [.. open.Sessions.Select(static s => new OwnerLocks(s, 3, 4, [new LockRange(s * 100, (s * 100) + 10, true), new LockRange((s * 100) + 10, (s * 100) + 20, false)]))]));
        }
    }
}
