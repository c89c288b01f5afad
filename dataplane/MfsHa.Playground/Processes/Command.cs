using System.Diagnostics;

namespace MfsHa.Playground.Processes;

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    /// <summary>Returns what the program wrote to its standard output.</summary>
    /// <exception cref="CommandException">It ended with another exit code than 0.</exception>
    public static Task<string> RunAsync(IReadOnlyList<string> command, CancellationToken cancellation = default)
        => RunAsync(command, input: "", cancellation);

    /// <summary>As the other one, with <paramref name="input"/> on the program's standard input.</summary>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, string input, CancellationToken cancellation = default)
    {
        var result = await TryRunAsync(command, input, cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw new CommandException(command, result);
    }

    /// <summary>As <see cref="RunAsync(IReadOnlyList{string}, string, CancellationToken)"/>, but every exit code is an answer.</summary>
    public static async Task<CommandResult> TryRunAsync(
        IReadOnlyList<string> command, string input = "", CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command[0]}");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation).ConfigureAwait(false);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return new CommandResult(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
