using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>
/// One step of a script. It says everything itself, so that any part of a script can be run; paths are relative to the script's
/// root. Its text (a record's <c>ToString</c>) is the history that a failure prints.
/// </summary>
internal abstract record Operation(Actor As)
{
    /// <summary>Does it below <paramref name="root"/>; the answer is what an application would learn.</summary>
    public string Execute(string root, TimeScale times)
    {
        try
        {
            return Run(path => path.Length == 0 ? root : $"{root}/{path}", times);
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

    /// <param name="at">Makes a path of the mounted tree from one of the script.</param>
    protected abstract string Run(Func<string, string> at, TimeScale times);
}
