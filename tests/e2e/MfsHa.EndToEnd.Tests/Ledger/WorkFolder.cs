using MfsHa.EndToEnd.Tests.Ledger.Steps;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>A folder that one worker changes, and what must be in it: one tree, or one of two if the last change's outcome is unknown.</summary>
internal sealed class WorkFolder(string path)
{
    public string Path => path;

    public Tree Tree { get; set; } = Tree.Empty;

    /// <summary>What is there if the unknown change was made.</summary>
    public (Step Step, Tree After)? Unknown { get; private set; }

    public bool IsClosed => Unknown is not null;

    public void Close(Step step, Tree after) => Unknown = (step, after);
}
