using System.Globalization;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Exports;

/// <summary>What people are told about an export.</summary>
internal static class ExportReport
{
    /// <summary>Writes it.</summary>
    public static async Task WriteAsync(TextWriter output, string path, ExportedEnd end)
    {
        await output.WriteLineAsync(
            $"{path}: {end.Length} bytes, metaid {end.MetaId:X16}, version {end.Version}: {end.Inodes} objects, {end.Entries} entries, {end.Chunks} chunks, {end.Sessions} sessions, {end.ChunkServers} chunkservers");
        if (end.PauseMicroseconds > 0)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{end.Positions.Count - 1} shards at one moment: changes were held up for {end.PauseMicroseconds / 1000.0:0.0} ms, parts of transactions brought to their end in the file: {end.SettledTransactions}"));
        }

        foreach (string loss in end.Losses)
        {
            await output.WriteLineAsync($"not kept: {loss}");
        }

        if (end.LossCount > (ulong)end.Losses.Count)
        {
            await output.WriteLineAsync($"not kept: {end.LossCount - (ulong)end.Losses.Count} more of this kind");
        }
    }
}
