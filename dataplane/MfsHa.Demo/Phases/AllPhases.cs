namespace MfsHa.Demo.Phases;

/// <summary>The phases of a run in their order.</summary>
public static class AllPhases
{
    public static IReadOnlyList<IPhase> Of(int rounds)
        =>
        [
            new StartNodes(),
            new StartClients(),
            new WriteFiles(),
            .. Enumerable.Range(1, rounds).SelectMany(round => new IPhase[] { new KillLeader(round, rounds), new RestartNode(round, rounds) }),
            new VerifyAcknowledged(),
            new CompareReplicas(),
        ];

    /// <summary>" 2/20" behind the title of a phase that is repeated.</summary>
    internal static string RoundText(int round, int rounds) => rounds == 1 ? "" : $" {round}/{rounds}";
}
