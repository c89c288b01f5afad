using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>
/// One step of a script. It says everything itself, so that any part of a script can be run; paths are relative to the script's
/// root. Its text (a record's <c>ToString</c>) is the history that a failure prints.
/// </summary>
internal abstract record Operation(Actor As)
{
    /// <summary>The client that it goes through.</summary>
    public Client Through { get; init; }

    /// <summary>
    /// Whether it reads or changes what is in a file, or sets its times. Those go through one client: what another one still has cached is its own business,
    /// as is when it reports that it read and wrote. Only the client itself lets a time that is set win over one that it has still to report.
    /// </summary>
    public virtual bool IsOnData => false;

    /// <summary>
    /// Whether it is a question whose answer has the times of a file. A client reports the times of what it read and wrote a moment later, so that another
    /// one may see the old ones; asking again does no harm.
    /// </summary>
    public virtual bool AsksForTimes => false;

    /// <summary>Whether it is a question whose answer has sums over a subtree, which several shards gather one after the other.</summary>
    public virtual bool AsksForTotals => false;

    /// <summary>Whether it copies times that clients may not have reported yet.</summary>
    public virtual bool CopiesTimes => false;

    /// <summary>Does it; the answer is what an application would learn.</summary>
    public string Execute(Side side)
    {
        try
        {
            return Run(side.Views[(int)Through]);
        }
        catch (PosixException e)
        {
            return e.Error.ToString();
        }
    }

    /// <summary>Whether an answer of <see cref="Execute"/> is an error.</summary>
    public static bool IsError(string answer) => Enum.TryParse<Errno>(answer, out _);

    /// <summary>Notes what the step has done to the names, after it succeeded.</summary>
    public virtual void Teach(NameModel names)
    {
    }

    protected abstract string Run(View on);
}
