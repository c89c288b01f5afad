using System.Diagnostics;
using MfsHa.Gateway.Clients;
using MfsHa.Gateway.Clients.Handlers;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.State;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Tools;

namespace MfsHa.Gateway.Tools;

internal sealed partial class ToolDesk
{
    /// <summary>What INFO calls 100 % of a processor.</summary>
    private const double WholeCpu = 10_000_000;
    private const byte Stored = 0;
    private const int MemoryOfNodes = 6;

    private readonly Lock cpuGate = new();
    private (long At, TimeSpan System, TimeSpan User) cpuBefore = (clock.GetTimestamp(), TimeSpan.Zero, TimeSpan.Zero);
    private (ulong System, ulong User) cpuShare;

    private async Task AnswerInfoAsync(ClientConnection connection)
    {
        var counters = await AskAsync(connection, new GetSummary()).ConfigureAwait(false) is SummaryReply summary ? summary.Counters : new Counters();
        var space = ClusterSpace.Of(locations);
        var picture = await survey.LookAsync().ConfigureAwait(false);
        var (system, user) = CpuShare();
        var now = clock.GetUtcNow();
        var info = new MasterInfo(
            options.ServerVersion,
            (ulong)Environment.WorkingSet,
            system,
            user,
            space.Total,
            space.Available,
            space.Available,
            (ulong)counters.TrashLength,
            Clip(counters.TrashFiles),
            (ulong)counters.SustainedLength,
            Clip(counters.SustainedFiles),
            Clip(counters.Inodes),
            Clip(counters.Directories),
            Clip(counters.Files),
            Clip(counters.Chunks),
            Clip(picture.Copies),
            Clip(picture.RegularCopies),
            (uint)now.ToUnixTimeSeconds(),
            0,
            Stored,
            MasterRole.Community,
            MasterRole.Community,
            (byte)MasterRole.Community,
            (byte)MasterRole.Community,
            0,
            0,
            0,
            exports.Checksum,
            (ulong)((now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond),
            (uint)now.ToUnixTimeSeconds());
        connection.Write(info, static (ref writer, i) => i.Write(ref writer, MasterInfoForm.Common));
    }

    private async Task AnswerModuleInfoAsync(ClientConnection connection, ToolRequest request)
    {
        var known = await identity.GetAsync(connection.Closing).ConfigureAwait(false);
        connection.Write(new ModuleInfoReply(request.MessageId, options.ServerVersion, known.MetaId), static (ref writer, reply) => reply.Write(ref writer));
    }

    /// <summary>All memory is shown as that of nodes: mfsha's caches are not divided as mfsmaster's tables are.</summary>
    private static Task AnswerMemory(ClientConnection connection)
    {
        var usages = new MemoryUsage[MemoryInfoReply.Kinds];
        usages[MemoryOfNodes] = new MemoryUsage((ulong)Environment.WorkingSet, (ulong)GC.GetTotalMemory(forceFullCollection: false));
        connection.Write(usages, static (ref writer, u) => MemoryInfoReply.Write(ref writer, u));
        return Task.CompletedTask;
    }

    private Task AnswerMetaLoggers(ClientConnection connection)
    {
        connection.Write(metaLoggers(), static (ref writer, list) => MetaLoggerListReply.Write(ref writer, list));
        return Task.CompletedTask;
    }

    private Task AnswerInstanceName(ClientConnection connection, ToolRequest request)
    {
        connection.Write((request.MessageId, options.Settings.InstanceName), static (ref writer, a) => InstanceNameReply.Write(ref writer, a.MessageId, a.InstanceName.Span));
        return Task.CompletedTask;
    }

    private static Task AnswerMonotonicData(ClientConnection connection)
    {
        connection.Write(0, static (ref writer, _) =>
        {
            writer.Begin(PacketType.MonotonicDataReply);
            writer.U16(0);
            writer.End();
        });
        return Task.CompletedTask;
    }

    /// <summary>An empty answer says that there is no such chart: mfsha keeps its measurements elsewhere.</summary>
    private static Task AnswerNothing(ClientConnection connection, PacketType reply)
    {
        connection.Write(reply, static (ref writer, type) =>
        {
            writer.Begin(type);
            writer.End();
        });
        return Task.CompletedTask;
    }

    private async Task AnswerPatternsAsync(ClientConnection connection)
    {
        var patterns = await AskAsync(connection, new ListPatterns()).ConfigureAwait(false) is PatternsReply all ? PatternHandlers.ToWire(all) : [];
        connection.Write(patterns, static (ref writer, p) => PatternInfoReply.Write(ref writer, p));
    }

    private static uint Clip(long count) => (uint)Math.Clamp(count, 0, uint.MaxValue);

    /// <summary>Shares of a processor since the last question, at least a second ago.</summary>
    private (ulong System, ulong User) CpuShare()
    {
        using var self = Process.GetCurrentProcess();
        lock (cpuGate)
        {
            var elapsed = clock.GetElapsedTime(cpuBefore.At);
            if (elapsed >= TimeSpan.FromSeconds(1))
            {
                var (system, user) = (self.PrivilegedProcessorTime, self.UserProcessorTime);
                cpuShare = ((ulong)((system - cpuBefore.System) / elapsed * WholeCpu), (ulong)((user - cpuBefore.User) / elapsed * WholeCpu));
                cpuBefore = (clock.GetTimestamp(), system, user);
            }

            return cpuShare;
        }
    }
}
