namespace MfsHa.Playground.Processes;

/// <summary>A program failed; the message has its command line and what it wrote.</summary>
public sealed class CommandException(IReadOnlyList<string> command, CommandResult result)
    : Exception($"exit code {result.ExitCode}: {string.Join(' ', command)}\n{result.Error}{result.Output}")
{
    public CommandResult Result { get; } = result;
}
