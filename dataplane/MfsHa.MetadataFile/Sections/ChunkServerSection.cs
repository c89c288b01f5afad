using MfsHa.Metadata.SystemGroup;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>CSDB 1.3: known chunkservers (mfsmaster/csdb.c: csdb_store).</summary>
internal sealed class ChunkServerSection : ISection
{
    private const byte Version13 = 0x13;

    /// <inheritdoc/>
    public string Name => "CSDB";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version13;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version13;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        var count = file.Later32();
        foreach (var (_, server) in context.System.ChunkServers.All())
        {
            file.UInt32(server.Address);
            file.UInt16(server.Port);
            file.UInt16(server.Id);
            file.Byte((byte)server.Maintenance);
            file.UInt32(server.MaintenanceUntil);
            context.Report.ChunkServers++;
            yield return default;
        }

        file.FillIn(count, (uint)context.Report.ChunkServers);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        for (var left = file.UInt32(); left > 0; left--)
        {
            var (address, port, id) = (file.UInt32(), file.UInt16(), file.UInt16());
            var (maintenance, until) = (file.Byte(), file.UInt32());
            if (id == 0 || maintenance > (byte)MaintenanceMode.Temporary || target.System.ChunkServers.Contains(id) || target.System.ChunkServersByAddress.Contains((address, port)))
            {
                throw file.Damaged($"chunkserver {id} comes twice, or has no id, or is in maintenance mode {maintenance}");
            }

            target.System.ChunkServers.Set(id, new ChunkServerRecord
            {
                Id = id,
                Address = address,
                Port = port,
                Epoch = 0,
                Disconnected = target.Now,
                Maintenance = (MaintenanceMode)maintenance,
                MaintenanceUntil = until,
            });
            target.System.ChunkServersByAddress.Set((address, port), new ChunkServerId(id));
            target.Report.ChunkServers++;
            target.Step();
        }
    }
}
