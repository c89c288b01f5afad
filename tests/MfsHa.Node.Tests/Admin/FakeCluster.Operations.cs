using MfsHa.Admin.Contract;

namespace MfsHa.Node.Tests.Admin;

/// <content>Day-2 operations.</content>
internal sealed partial class FakeCluster
{
    /// <summary>Answers to questions for details, the last one again and again.</summary>
    public Queue<GetNodeDetailsReply> Details { get; } = [];

    public PingNodesReply Pings { get; } = new();

    public ElectLeadersReply Elections { get; } = new();

    public RebalanceLeadersReply Rebalanced { get; } = new();

    public ReloadConfigurationReply Reloads { get; } = new();

    public GetConfigurationReply Configuration { get; } = new();

    public CleanCachesReply Cleaned { get; } = new();

    public Task<GetNodeDetailsReply> GetNodeDetailsAsync(GetNodeDetailsRequest request, CancellationToken cancellation) =>
        Answer(request, Details.Count > 1 ? Details.Dequeue() : Details.Count == 1 ? Details.Peek() : new GetNodeDetailsReply());

    public Task<PingNodesReply> PingNodesAsync(PingNodesRequest request, CancellationToken cancellation) => Answer(request, Pings);

    public Task<ElectLeadersReply> ElectLeadersAsync(ElectLeadersRequest request, CancellationToken cancellation) => Answer(request, Elections);

    public Task<RebalanceLeadersReply> RebalanceLeadersAsync(CancellationToken cancellation) => Answer(new RebalanceLeadersRequest(), Rebalanced);

    public Task<ReloadConfigurationReply> ReloadConfigurationAsync(ReloadConfigurationRequest request, CancellationToken cancellation) => Answer(request, Reloads);

    public Task<GetConfigurationReply> GetConfigurationAsync(GetConfigurationRequest request, CancellationToken cancellation) => Answer(request, Configuration);

    public ProbeGroupsReply Probes { get; } = new();

    public Task<ProbeGroupsReply> ProbeGroupsAsync(CancellationToken cancellation) => Answer(new ProbeGroupsRequest(), Probes);

    public SetConfigurationReply Set { get; } = new();

    public Task<SetConfigurationReply> SetConfigurationAsync(SetConfigurationRequest request, CancellationToken cancellation) => Answer(request, Set);

    public ForceQuorumReply Forced { get; } = new();

    public Task<ForceQuorumReply> ForceQuorumAsync(ForceQuorumRequest request, CancellationToken cancellation) => Answer(request, Forced);

    public Task<MigrateShardReply> MigrateShardAsync(MigrateShardRequest request, CancellationToken cancellation) => Answer(request, new MigrateShardReply { Nodes = { 1, 3, 4 } });

    public GetMigrationsReply Migrations { get; } = new();

    /// <summary>Called before each answer about migrations: how it goes on.</summary>
    public Action? MigrationsAsked { get; set; }

    public Task<GetMigrationsReply> GetMigrationsAsync(CancellationToken cancellation)
    {
        MigrationsAsked?.Invoke();
        return Answer(new GetMigrationsRequest(), Migrations);
    }

    public GiveSharesReply Shares { get; } = new();

    public Task<GiveSharesReply> GiveSharesAsync(GiveSharesRequest request, CancellationToken cancellation) => Answer(request, Shares);

    public ReconcileReply Reconciled { get; } = new();

    public Task<ReconcileReply> ReconcileAsync(ReconcileRequest request, CancellationToken cancellation) => Answer(request, Reconciled);

    public CompareCrdtReply Compared { get; } = new() { Nodes = { 1, 2, 3 } };

    public Task<CompareCrdtReply> CompareCrdtAsync(CancellationToken cancellation) => Answer(new CompareCrdtRequest(), Compared);

    public Task<CleanCachesReply> CleanCachesAsync(CleanCachesRequest request, CancellationToken cancellation) => Answer(request, Cleaned);
}
