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

    /// <summary>Whether it reads or changes what is in a file. Those go through one client: what another one still has cached is its own business.</summary>
    public virtual bool IsOnData => false;

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
