namespace MfsHa.Demo.Model;

/// <summary>How far a phase is.</summary>
public enum PhaseState
{
    Waiting,
    Running,
    Done,
    Failed,
}
