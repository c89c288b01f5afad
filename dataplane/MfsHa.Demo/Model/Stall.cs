namespace MfsHa.Demo.Model;

/// <summary>How long clients stood still when a leader was killed: the longest operation that was on its way then, or began later.</summary>
/// <param name="Round">1 and up.</param>
/// <param name="Victim">The node that was killed.</param>
/// <param name="Successor">The node that leads since.</param>
/// <param name="Names">Longest mkdir or rename.</param>
/// <param name="Files">Longest creation of a file with its content.</param>
public sealed record Stall(int Round, int Victim, int Successor, TimeSpan Names, TimeSpan Files)
{
    public TimeSpan Longest => Names > Files ? Names : Files;
}
