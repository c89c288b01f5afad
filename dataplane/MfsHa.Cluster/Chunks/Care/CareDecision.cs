namespace MfsHa.Cluster.Chunks.Care;

/// <summary>What is to be done for a chunk next.</summary>
public enum CareStep
{
    /// <summary>Nothing, as far as anybody can do something.</summary>
    None,

    /// <summary>It is locked: look again later.</summary>
    Later,

    /// <summary>Something is to be done, but limits do not permit it now.</summary>
    Blocked,

    /// <summary>Commit that it goes.</summary>
    Condemn,

    /// <summary>Commit that copies on <see cref="CareDecision.Servers"/> go, when those on <see cref="CareDecision.Keep"/> are confirmed.</summary>
    CondemnCopies,

    /// <summary>Order the deletion of the condemned copies on <see cref="CareDecision.Servers"/>.</summary>
    Delete,

    /// <summary>Commit that the condemned copies on <see cref="CareDecision.Servers"/> are gone.</summary>
    ForgetCopies,

    /// <summary>Commit that its record goes: no copy is left.</summary>
    Forget,

    /// <summary>Copy it from <see cref="CareDecision.Source"/> to <see cref="CareDecision.Target"/>.</summary>
    Replicate,

    /// <summary>Order the copies of <see cref="CareDecision.Version"/> on <see cref="CareDecision.Servers"/> to take the committed version, which is larger by one.</summary>
    RaiseCopies,

    /// <summary>Commit that its version is <see cref="CareDecision.Version"/>, which its copies have.</summary>
    AdoptVersion,
}

/// <summary>Which waits first when not everything can be done at once (chunkserver-protocol 7.1).</summary>
public enum CarePriority
{
    /// <summary>One good copy left.</summary>
    Endangered,

    /// <summary>Fewer copies than wanted.</summary>
    Undergoal,

    /// <summary>Copies are to be deleted.</summary>
    Deletion,

    /// <summary>Copies in the wrong place.</summary>
    WrongLabels,

    /// <summary>Balance between chunkservers; is not waited for.</summary>
    Balance,
}

/// <summary>A decision about one chunk.</summary>
/// <param name="Step">What is next.</param>
/// <param name="Priority">How urgent it is.</param>
public sealed record CareDecision(CareStep Step, CarePriority Priority = CarePriority.Deletion)
{
    /// <summary>All is well.</summary>
    public static readonly CareDecision None = new(CareStep.None);

    /// <summary>Look again later.</summary>
    public static readonly CareDecision Later = new(CareStep.Later);

    /// <summary>Chunkservers of the step.</summary>
    public ushort[] Servers { get; init; } = [];

    /// <summary>Chunkservers whose good copies are the reason why others may go.</summary>
    public ushort[] Keep { get; init; } = [];

    /// <summary>Chunkserver to copy from.</summary>
    public ushort Source { get; init; }

    /// <summary>Chunkserver to copy to.</summary>
    public ushort Target { get; init; }

    /// <summary>Limit that a replication counts for.</summary>
    public ReplicationKind Kind { get; init; }

    /// <summary>Version of the step.</summary>
    public uint Version { get; init; }

    /// <summary>The same must wait for others to end.</summary>
    public static CareDecision Blocked(CarePriority priority) => new(CareStep.Blocked, priority);
}
