namespace MfsHa.Node.Daemon;

/// <summary>Where a starting node tells how it goes: the terminal, or the process that waits for the daemon to be up.</summary>
public interface IStartReport
{
    /// <summary>A line for the person who starts it.</summary>
    void Message(string text);

    /// <summary>The node is up. Nothing is reported any more.</summary>
    void Ready();
}
