using System.Text;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Membership;

/// <summary>The options that the system group holds for all nodes, as this node's replica has them. Thread-safe.</summary>
public sealed class OptionBook
{
    private volatile Dictionary<string, string> current = [];

    /// <summary>The options, by name.</summary>
    public IReadOnlyDictionary<string, string> Current => current;

    /// <summary>Raised after they have changed. Handlers do not wait.</summary>
    public event Action? Changed;

    /// <summary>Takes over what the replica says.</summary>
    internal void Take(IEnumerable<Option> options)
    {
        var next = options.ToDictionary(static o => o.Name.ToString(), static o => Encoding.UTF8.GetString(o.Value));
        if (next.Count != current.Count || next.Any(o => current.GetValueOrDefault(o.Key) != o.Value))
        {
            current = next;
            Changed?.Invoke();
        }
    }
}
