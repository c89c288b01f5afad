namespace MfsHa.Demo.Model;

/// <summary>All that a view shows, at one moment.</summary>
/// <param name="Subtitle">What runs here.</param>
/// <param name="Elapsed">Since the start of the demo.</param>
/// <param name="Phases">In their order.</param>
/// <param name="Nodes">By id.</param>
/// <param name="ChunkServers">By number.</param>
/// <param name="Client">What the mount's clients see; null before the mount is there.</param>
/// <param name="Stalls">Of the rounds that are over.</param>
/// <param name="Rounds">How many there shall be.</param>
/// <param name="Events">The last things that happened, oldest first.</param>
public sealed record Picture(
    string Subtitle,
    TimeSpan Elapsed,
    IReadOnlyList<PhaseView> Phases,
    IReadOnlyList<NodeView> Nodes,
    IReadOnlyList<ChunkServerView> ChunkServers,
    ClientView? Client,
    IReadOnlyList<Stall> Stalls,
    int Rounds,
    IReadOnlyList<DemoEvent> Events);
