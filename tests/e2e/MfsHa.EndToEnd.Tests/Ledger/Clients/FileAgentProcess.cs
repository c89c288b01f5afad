using System.Diagnostics;
using System.Text.Json;
using MfsHa.FileAgent;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Ledger.Clients;

/// <summary>A process of its own that makes file calls, one at a time; see Program.cs of MfsHa.FileAgent for why.</summary>
internal sealed class FileAgentProcess : IAsyncDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim turn = new(1);
    private readonly Process process;

    public FileAgentProcess()
    {
        var program = Path.ChangeExtension(typeof(AgentRequest).Assembly.Location, ".dll");
        var start = new ProcessStartInfo("dotnet", [program]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {program}");
    }

    /// <exception cref="PosixException">The call failed.</exception>
    public async Task<AgentReply> CallAsync(AgentRequest request, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request).AsMemory(), cancellation).ConfigureAwait(false);
            await process.StandardInput.FlushAsync(cancellation).ConfigureAwait(false);
            var line = await process.StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false)
                ?? throw new InvalidOperationException("the file agent has ended");
            var reply = JsonSerializer.Deserialize<AgentReply>(line) ?? throw new FormatException($"no reply: {line}");
            return reply.Error == 0 ? reply : throw new PosixException((Errno)reply.Error, reply.Text, request.Path);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(KillLimit).ConfigureAwait(false);
        process.Dispose();
        turn.Dispose();
    }
}
