using MfsHa.Metadata.Locks;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>FLCK 1.0: flock locks (mfsmaster/flocklocks.c: flock_store).</summary>
internal sealed class FlockSection : ISection
{
    private const byte Version10 = 0x10;
    private const int EndLength = 17;

    /// <inheritdoc/>
    public string Name => "FLCK";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version10;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version10;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        foreach (var (shard, number, locks) in context.Shards.SelectMany(static s => s.Flocks.All().Select(f => (s, f.Key, f.Value))))
        {
            // The oldest first, as they are read.
            foreach (var holder in Enumerable.Reverse(locks.Holders))
            {
                if (context.HasSession(holder.Session) && shard.IsOpenBy(number, holder.Session) && WriteContext.HasObject(shard, number))
                {
                    file.UInt32(number);
                    file.UInt64(holder.Owner);
                    file.UInt32(holder.Session);
                    file.Byte(holder.Exclusive ? (byte)1 : (byte)0);
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
            var (number, owner, session, type) = (file.UInt32(), file.UInt64(), file.UInt32(), file.Byte());
            if (number == 0)
            {
                break;
            }

            var holders = target.Shard.Flocks.Get(number)?.Holders ?? [];
            var holder = new FlockHolder(session, owner, type == 1);
            if (!target.Shard.IsOpenBy(number, session) || type > 1 || (holders.Length > 0 && (holder.Exclusive || holders[0].Exclusive)) || holders.Length >= InodeFlocks.MaxHolders)
            {
                throw file.Damaged($"a flock lock of session {session} on inode {number} that cannot be");
            }

            target.Shard.Flocks.Set(number, new InodeFlocks([holder, .. holders]));
            target.Step();
        }
    }
}
