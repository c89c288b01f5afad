using CsCheck;
using MfsHa.Cluster.Chunks.Care;
using MfsHa.Metadata.StorageClasses;
using Xunit;

namespace MfsHa.Cluster.Tests.Chunks.Care;

/// <summary>One chunk in a changing world: chunkservers come, go, enter maintenance; every decision is carried out.</summary>
public sealed class CareSimulationTests
{
    private const ulong GiB = 1UL << 30;
    private const uint Version = 5;
    private const int Steps = 60;

    [Fact]
    public void A_good_copy_is_never_the_last_to_go_and_the_goal_is_reached() =>
        World.Sample(
            static drawn =>
            {
                var world = new Simulation(drawn.Servers, drawn.Wanted, drawn.Strictness);
                foreach (var (server, change) in drawn.Changes)
                {
                    world.Change(server % drawn.Servers.Length, change);
                    for (var i = 0; i < 3; i++)
                    {
                        world.Step();
                    }
                }

                world.EverybodyComesBack();
                for (var i = 0; i < Steps; i++)
                {
                    world.Step();
                }

                world.AssertGoal();
            },
            iter: 3000);

    private static readonly Gen<(CareServer[] Servers, byte[][] Wanted, LabelsMode Strictness, (int, int)[] Changes)> World = Gen.Select(
        Gen.Select(Gen.UInt[0, 3], Gen.ULong[0, 90], Gen.UInt[1, 3]).Array[1, 7],
        Gen.OneOf(Gen.Const<byte[]>([]), Gen.Const<byte[]>([0xC0]), Gen.Const<byte[]>([0xC1])).Array[1, 4],
        Gen.OneOf(Gen.Const(LabelsMode.Loose), Gen.Const(LabelsMode.Standard)),
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6]).Array[0, 12],
        static (servers, wanted, strictness, changes) => (
            servers.Select(static (s, i) => new CareServer((ushort)(i + 1)) { Labels = s.Item1, TotalBytes = 100 * GiB, UsedBytes = s.Item2 * GiB, Address = s.Item3 }).ToArray(),
            wanted,
            strictness,
            changes));

    private sealed class Simulation(CareServer[] servers, byte[][] labels, LabelsMode strictness)
    {
        private readonly WantedCopies wanted = new(labels, strictness, 0);
        private readonly Dictionary<ushort, CopyCase> copies = new() { [1] = new CopyCase(1, Version) };
        private readonly HashSet<ushort> condemned = [];

        public void Change(int index, int change)
        {
            var server = servers[index];
            var copy = copies.TryGetValue(server.Id, out var found) ? found : (CopyCase?)null;
            servers[index] = change switch
            {
                0 => server with { IsPresent = false },
                1 => server with { IsPresent = false, IsGone = !server.IsInMaintenance },
                2 => server with { IsInMaintenance = !server.IsInMaintenance, IsGone = false },
                3 => server with { IsPresent = true, IsGone = false },
                _ => server,
            };
            if (change == 4 && copy is { } marked)
            {
                copies[server.Id] = marked with { IsMarkedForRemoval = true };
            }

            // Not even this simulation takes the last good copy away.
            if (change == 5 && copy is { } damaged && Good().Any(c => c.Server != server.Id))
            {
                copies[server.Id] = damaged with { IsDamaged = true };
            }

            if (change == 6 && copy is { } old && Good().Any(c => c.Server != server.Id))
            {
                copies[server.Id] = old with { Version = Version - 2 };
            }
        }

        public void EverybodyComesBack()
        {
            for (var i = 0; i < servers.Length; i++)
            {
                servers[i] = servers[i] with { IsPresent = true, IsGone = false, IsInMaintenance = false };
            }
        }

        public void Step()
        {
            var now = new CareServers(servers, isSettled: true);
            var decision = CarePlan.Decide(Case(), now, new NoLimits(), new CareRules(false, 0.01));
            switch (decision.Step)
            {
                case CareStep.CondemnCopies:
                    condemned.UnionWith(decision.Servers);
                    Assert.NotEmpty(decision.Keep);
                    Assert.All(decision.Keep, id => Assert.True(now.Find(id)!.IsPresent && Good().Any(c => c.Server == id)));
                    Assert.Contains(Good(), c => now.Find(c.Server)!.IsPresent);
                    break;
                case CareStep.Delete:
                    Assert.All(decision.Servers, id => Assert.True(condemned.Contains(id) && now.Find(id)!.IsPresent));
                    Array.ForEach(decision.Servers, id => copies.Remove(id));
                    break;
                case CareStep.ForgetCopies:
                    Assert.All(decision.Servers, id => Assert.False(copies.ContainsKey(id)));
                    condemned.ExceptWith(decision.Servers);
                    break;
                case CareStep.Replicate:
                    Assert.True(now.Find(decision.Source)!.IsPresent && Good().Any(c => c.Server == decision.Source));
                    Assert.True(now.Find(decision.Target)!.IsPresent && !copies.ContainsKey(decision.Target) && !condemned.Contains(decision.Target));
                    copies.Add(decision.Target, new CopyCase(decision.Target, Version));
                    break;
                case CareStep.None:
                    break;
                default:
                    Assert.Fail($"{decision.Step} has no reason");
                    break;
            }

            Assert.NotEmpty(Good());
        }

        public void AssertGoal()
        {
            var all = new CareServers(servers, isSettled: true);
            Assert.Equal(CareStep.None, CarePlan.Decide(Case(), all, new NoLimits(), new CareRules(false, 0.01)).Step);
            var good = Good().ToList();
            var regular = good.Where(static c => !c.IsMarkedForRemoval).Select(c => all.Find(c.Server)!).ToList();
            var possible = servers.Count(s => !copies.TryGetValue(s.Id, out var c) || (!c.IsMarkedForRemoval && !c.IsDamaged));
            Assert.Equal(Math.Min(wanted.Count, possible), regular.Count);
            Assert.True(regular.Count < wanted.Count || good.Count == regular.Count);
            List<CareServer> usable = [.. servers.Where(s => !copies.TryGetValue(s.Id, out var c) || !c.IsMarkedForRemoval)];
            if (regular.Count == wanted.Count)
            {
                Assert.Equal(LabelMatching.Match(wanted, usable).Count(static m => m), LabelMatching.Match(wanted, regular).Count(static m => m));
            }
        }

        private ChunkCase Case() => new(99, Version) { Wanted = wanted, Copies = [.. copies.Values], CondemnedAt = [.. condemned.Order()] };

        private IEnumerable<CopyCase> Good() => copies.Values.Where(c => !c.IsDamaged && c.Version == Version && !condemned.Contains(c.Server));
    }
}
