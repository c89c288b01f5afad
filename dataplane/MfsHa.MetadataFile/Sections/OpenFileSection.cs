using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>OPEN 1.0: which session has what open (mfsmaster/openfiles.c: of_store).</summary>
internal sealed class OpenFileSection : ISection
{
    private const byte Version10 = 0x10;
    private const int EndLength = 8;

    /// <inheritdoc/>
    public string Name => "OPEN";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version10;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version10;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        foreach (var (shard, (session, number)) in context.Shards.SelectMany(static s => s.OpenBySession.All().Select(o => (s, o.Key))))
        {
            if (context.HasSession(session) && WriteContext.HasObject(shard, number))
            {
                file.UInt32(session);
                file.UInt32(number);
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
            var (session, number) = (file.UInt32(), file.UInt32());
            if (session == 0)
            {
                break;
            }

            if (!target.System.Sessions.Contains(session))
            {
                // Its client has closed it: the session is not stored, and what it still had open nobody has (mfsmaster/openfiles.c: of_load).
                continue;
            }

            if (target.Objects.Exists(number))
            {
                target.Shard.Open(session, number);
            }
            else
            {
                target.Report.Lose($"session {session} has inode {number} open, which does not exist");
            }

            target.Step();
        }
    }
}
