using System.Globalization;

namespace MfsHa.Node.Daemon;

/// <summary>
/// What the .NET runtime has to know before its thread pool and its sockets are used for the first time. A node's requests are short and go through many threads: waking
/// and parking them took more processor time than the requests themselves (measured: 70 futex calls for one change over three nodes). Nothing may block a thread of
/// the pool for long: see <see cref="MfsHa.Storage.OwnThread"/>.
/// </summary>
internal static class RuntimeTuning
{
    private const string MinThreads = "System.Threading.ThreadPool.MinThreads";
    private const string WriteXorExecute = "DOTNET_EnableWriteXorExecute";
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Applies what was not chosen by the environment already.</summary>
    /// <param name="isNode">True when this process will be a node: it is started again where only the environment of a start counts.</param>
    public static void Apply(bool isNode)
    {
        // Half of the processors: the other half has the threads of the sockets, of the Raft log and of RocksDB. More are added while some are blocked.
        var threads = Math.Max(1, Environment.ProcessorCount / 2);
        AppContext.SetData(MinThreads, threads.ToString(CultureInfo.InvariantCulture));

        // What a packet brings goes on where it was received.
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }

        // Remapping memory for every compiled method took a third of the processor time of a node's first seconds (measured), and with it of a take-over.
        if (Environment.GetEnvironmentVariable(WriteXorExecute) is null)
        {
            Environment.SetEnvironmentVariable(WriteXorExecute, "0");
            if (isNode)
            {
                ProcessImage.Replace();
            }
        }
    }
}
