namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>
/// A leader's commands while a cut is made (<see cref="Consensus.Commands.CommandHold"/>): what was proposed before goes into the log, in any order, then the cut's mark; what is proposed
/// later waits for that and for the release.
/// </summary>
internal sealed class SimulatedFence
{
    private readonly List<Action> waiting = [];
    private int underWay;
    private bool isHeld;
    private bool isPlaced = true;
    private int life;

    /// <summary>Length of the log at the mark; null when it is not there yet.</summary>
    public int? Mark { get; private set; }

    /// <summary>Changes when the leader dies.</summary>
    public int Life => life;

    public void Hold(int length)
    {
        (isHeld, isPlaced, Mark) = (true, false, null);
        Place(length);
    }

    public void Release()
    {
        isHeld = false;
        LetGo();
    }

    /// <summary>A proposal is made.</summary>
    public void Pass(Action propose)
    {
        if (isHeld || !isPlaced)
        {
            waiting.Add(propose);
            return;
        }

        underWay++;
        propose();
    }

    /// <summary>A proposal is in the log.</summary>
    public void Appended(int length)
    {
        underWay--;
        Place(length);
    }

    /// <summary>The leader dies with all that it was about to do.</summary>
    public void Lose()
    {
        waiting.Clear();
        (isHeld, isPlaced, Mark, underWay) = (false, true, null, 0);
        life++;
    }

    private void Place(int length)
    {
        if (!isPlaced && underWay == 0)
        {
            (isPlaced, Mark) = (true, length);
            LetGo();
        }
    }

    private void LetGo()
    {
        if (!isHeld && isPlaced)
        {
            Action[] all = [.. waiting];
            waiting.Clear();
            foreach (var propose in all)
            {
                Pass(propose);
            }
        }
    }
}
