namespace MfsHa.Playground.Processes;

/// <summary>Signals of Linux as kill(2) numbers them on x86 and ARM.</summary>
public enum Signal
{
    Hangup = 1,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
