namespace MfsHa.Node.Daemon;

/// <summary>The report of a node in the foreground.</summary>
internal sealed class ConsoleReport(TextWriter error) : IStartReport
{
    public void Message(string text) => error.WriteLine(text);

    public void Ready()
    {
        // The log says it.
    }
}
