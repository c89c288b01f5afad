using CsCheck;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Properties;

/// <summary>Compares the tree with a naive model of nested dictionaries, as root sees it.</summary>
public sealed class TreeModelTests
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    private static readonly Gen<(int Kind, int A, int B, string Name, string Other, int Mode)> Step =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 3].Select(static i => Names[i]), Gen.Int[0, 3].Select(static i => Names[i]), Gen.Int[0, 2]);

    [Fact]
    public void The_tree_behaves_like_nested_dictionaries() =>
        Step.List[1, 150].Sample(
            static steps =>
            {
                var shard = new Shard();
                var model = new TreeModel();
                foreach (var step in steps)
                {
                    var expected = model.Apply(step);
                    Assert.Equal(expected, Execute(shard, model.Number(step.A), model.Number(step.B), step));
                    model.Learn();
                }

                model.Compare(shard);
                Audit.Check(shard.State);
            },
            iter: 2000);

    private static StatusCode Execute(Shard shard, uint a, uint b, (int Kind, int A, int B, string Name, string Other, int Mode) step)
    {
        Name name = new(step.Name);
        return step.Kind switch
        {
            0 or 1 => shard.Status(new MakeDirectory(a, name, 0x1FF, 0, false, Shard.User())),
            2 or 3 => shard.Status(new MakeNode(a, name, NodeType.File, 0x1FF, 0, 0, Shard.User())),
            4 => shard.Status(new MakeLink(a, b, name, Shard.User())),
            5 => shard.Status(new RemoveFile(a, name, Shard.User())),
            6 => shard.Status(new RemoveDirectory(a, name, Shard.User())),
            _ => shard.Status(new Rename(a, name, b, new Name(step.Other), (RenameMode)step.Mode, Shard.User())),
        };
    }

    /// <summary>Objects are named by the order of their creation; a number that is gone stays gone.</summary>
    private sealed class TreeModel
    {
        private readonly List<Node> created = [new Node(IsDirectory: true)];
        private Node? fresh;

        public uint Number(int choice) => (uint)(choice % created.Count) + 1;

        /// <summary>What was created becomes known under the next number.</summary>
        public void Learn()
        {
            if (fresh is not null)
            {
                created.Add(fresh);
                fresh = null;
            }
        }

        public StatusCode Apply((int Kind, int A, int B, string Name, string Other, int Mode) step)
        {
            var a = created[step.A % created.Count];
            var b = created[step.B % created.Count];
            return step.Kind switch
            {
                <= 3 => Create(a, step.Name, isDirectory: step.Kind <= 1),
                4 => Link(a, b, step.Name),
                5 or 6 => Remove(a, step.Name, directory: step.Kind == 6),
                _ => Rename(a, step.Name, b, step.Other, (RenameMode)step.Mode),
            };
        }

        public void Compare(Shard shard)
        {
            for (var i = 0; i < created.Count; i++)
            {
                var node = created[i];
                var inode = shard.State.Inodes.Get((uint)i + 1);
                Assert.Equal(Exists(node), inode is not null);
                if (inode is null)
                {
                    continue;
                }

                Assert.Equal(node.IsDirectory ? 2 + node.Children.Values.Count(c => c.IsDirectory) : Links(node), (int)inode.LinkCount);
                if (node.IsDirectory)
                {
                    var listing = shard.Run<DirectoryReply>(new ReadDirectory((uint)i + 1, ReadDirectoryFlags.None, uint.MaxValue, 0, Shard.User()));
                    Assert.Equal(
                        node.Children.Select(c => (c.Key, Number: (uint)created.IndexOf(c.Value) + 1)).Order(),
                        listing.Entries.Skip(2).Select(e => (e.Name.ToString(), e.Inode)).Order());
                }
            }
        }

        private bool Exists(Node node) => node == created[0] || Links(node) > 0;

        private int Links(Node node) => created.Where(d => d == created[0] || d.Attached).Sum(d => d.Children.Values.Count(c => c == node));

        private StatusCode WhyNotAdd(Node parent, string name) =>
            !Exists(parent) ? StatusCode.ENoEnt : !parent.IsDirectory ? StatusCode.ENotDir : parent.Children.ContainsKey(name) ? StatusCode.EExist : StatusCode.Ok;

        private StatusCode Create(Node parent, string name, bool isDirectory)
        {
            var status = WhyNotAdd(parent, name);
            if (status == StatusCode.Ok)
            {
                fresh = new Node(isDirectory) { Attached = true };
                parent.Children.Add(name, fresh);
            }

            return status;
        }

        private StatusCode Link(Node node, Node parent, string name)
        {
            if (!Exists(node) || !Exists(parent))
            {
                return StatusCode.ENoEnt;
            }

            var status = node.IsDirectory ? StatusCode.EPerm : WhyNotAdd(parent, name);
            if (status == StatusCode.Ok)
            {
                parent.Children.Add(name, node);
            }

            return status;
        }

        private StatusCode Remove(Node parent, string name, bool directory)
        {
            if (!Exists(parent))
            {
                return StatusCode.ENoEnt;
            }

            if (!parent.IsDirectory)
            {
                return StatusCode.ENotDir;
            }

            if (!parent.Children.TryGetValue(name, out var child))
            {
                return StatusCode.ENoEnt;
            }

            if (child.IsDirectory != directory)
            {
                return directory ? StatusCode.ENotDir : StatusCode.EPerm;
            }

            if (child.Children.Count > 0)
            {
                return StatusCode.ENotEmpty;
            }

            parent.Children.Remove(name);
            child.Attached = Links(child) > 0;
            return StatusCode.Ok;
        }

        private StatusCode Rename(Node from, string name, Node to, string target, RenameMode mode)
        {
            if (!Exists(from) || !Exists(to))
            {
                return StatusCode.ENoEnt;
            }

            if (!from.IsDirectory)
            {
                return StatusCode.ENotDir;
            }

            if (!from.Children.TryGetValue(name, out var child))
            {
                return StatusCode.ENoEnt;
            }

            if (!to.IsDirectory)
            {
                return StatusCode.ENotDir;
            }

            if (child.IsDirectory && Contains(child, to))
            {
                return StatusCode.EInval;
            }

            if (!to.Children.TryGetValue(target, out var replaced))
            {
                if (mode == RenameMode.Exchange)
                {
                    return StatusCode.ENoEnt;
                }

                from.Children.Remove(name);
                to.Children.Add(target, child);
                return StatusCode.Ok;
            }

            if (mode == RenameMode.NoReplace)
            {
                return StatusCode.EExist;
            }

            if (mode == RenameMode.Exchange)
            {
                if (replaced.IsDirectory && Contains(replaced, from))
                {
                    return StatusCode.EInval;
                }

                from.Children[name] = replaced;
                to.Children[target] = child;
                return StatusCode.Ok;
            }

            if (from == to && name == target)
            {
                return StatusCode.Ok;
            }

            if (replaced.Children.Count > 0)
            {
                return StatusCode.ENotEmpty;
            }

            from.Children.Remove(name);
            to.Children[target] = child;
            replaced.Attached = Links(replaced) > 0;
            return StatusCode.Ok;
        }

        private static bool Contains(Node top, Node node) => top == node || top.Children.Values.Any(c => c.IsDirectory && Contains(c, node));

        private sealed class Node(bool IsDirectory)
        {
            public bool IsDirectory { get; } = IsDirectory;

            public bool Attached { get; set; }

            public Dictionary<string, Node> Children { get; } = [];
        }
    }
}
