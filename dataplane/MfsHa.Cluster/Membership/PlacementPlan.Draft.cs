using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Membership;

/// <content>A plan while it is made.</content>
public static partial class PlacementPlan
{
    private sealed class Draft
    {
        private readonly PlacementRecord[] before;
        private readonly List<ushort>[] after;
        private readonly NodeRecord[] present;
        private readonly Dictionary<ushort, int> loads;
        private readonly RegionSpread regions;
        private readonly bool[] isKept;

        public Draft(IReadOnlyCollection<PlacementRecord> current, NodeRecord[] present, IReadOnlySet<ushort> kept)
        {
            this.present = present;
            regions = new RegionSpread(present);
            before = [.. current.OrderBy(static p => p.Shard)];
            isKept = Array.ConvertAll(before, p => kept.Contains(p.Shard));
            loads = present.ToDictionary(static n => n.Node, static _ => 0);
            after = Array.ConvertAll(before, p => p.Nodes.Where(loads.ContainsKey).ToList());
            foreach (var node in after.SelectMany(static p => p))
            {
                loads[node]++;
            }
        }

        /// <summary>Replicas that have been moved from one node to another.</summary>
        public int Moves { get; private set; }

        // Nodes that are drained are about to go: they get nothing that another one can have.
        public void Fill(int size)
        {
            for (var i = 0; i < after.Length; i++)
            {
                var (shard, placed) = (before[i].Shard, after[i]);
                while (placed.Count < size)
                {
                    var chosen = present.Where(n => !placed.Contains(n.Node))
                        .OrderBy(static n => n.State == NodeState.Draining).ThenBy(n => regions.Has(placed, n.Node)).ThenBy(n => loads[n.Node]).ThenByDescending(n => Rank(shard, n.Node)).First().Node;
                    placed.Add(chosen);
                    loads[chosen]++;
                }
            }
        }

        // Each move takes a replica out of a region that has several of the shard's, to one that has none, so it ends.
        public void Spread()
        {
            for (var i = 0; i < after.Length; i++)
            {
                while (!isKept[i] && Improvement(i) is var (from, to))
                {
                    Move(i, from, to);
                }
            }
        }

        public void GiveShare(ushort to, int share)
        {
            while (loads[to] < share && Donation(to) is var (place, from))
            {
                Move(place, from, to);
            }
        }

        public IReadOnlyList<PlacementRecord> Changed() =>
            [.. before.Zip(after).Where(static p => !p.First.Nodes.AsSpan().SequenceEqual(p.Second.ToArray())).Select(static p => p.First with { Nodes = [.. p.Second] })];

        private void Move(int place, ushort from, ushort to)
        {
            after[place][after[place].IndexOf(from)] = to;
            loads[from]--;
            loads[to]++;
            Moves++;
        }

        private (ushort From, ushort To)? Improvement(int place)
        {
            var (shard, placed) = (before[place].Shard, after[place]);
            var to = present.Where(n => n.State != NodeState.Draining && !placed.Contains(n.Node) && !regions.Has(placed, n.Node))
                .OrderBy(n => loads[n.Node]).ThenByDescending(n => Rank(shard, n.Node)).FirstOrDefault();
            var from = placed.Where(n => regions.IsCrowded(placed, n)).OrderByDescending(n => loads[n]).ThenBy(n => Rank(shard, n)).Select(static n => (ushort?)n).FirstOrDefault();
            return to is null || from is null ? null : (from.Value, to.Node);
        }

        private (int Place, ushort From)? Donation(ushort to) =>
            Enumerable.Range(0, after.Length).Where(i => !isKept[i] && !after[i].Contains(to))
                .SelectMany(i => after[i].Select(from => (Place: i, From: from)))
                .Where(d => loads[d.From] > loads[to] + 1 && regions.MayReplace(after[d.Place], d.From, to))
                .OrderByDescending(d => loads[d.From]).ThenByDescending(d => Rank(before[d.Place].Shard, to)).ThenBy(static d => d.Place)
                .Select(static d => ((int, ushort)?)d).FirstOrDefault();
    }
}
