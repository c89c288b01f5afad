using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.State;

/// <content>Extended attributes.</content>
public sealed partial class NamespaceState
{
    /// <summary>Extended attributes by object and name.</summary>
    public Table<(uint Inode, Name Name), Xattr, UInt32NameKey, MemoryPackValue<Xattr>> Xattrs { get; private set; } = null!;

    /// <summary>What objects have of extended attributes.</summary>
    public Table<uint, XattrSummary, UInt32Key, MemoryPackValue<XattrSummary>> XattrSummaries { get; private set; } = null!;

    /// <summary>All extended attributes of an object, the newest first.</summary>
    public List<KeyValuePair<Name, Xattr>> XattrsOf(uint number)
    {
        if (!XattrSummaries.Contains(number))
        {
            return [];
        }

        return
        [
            .. Xattrs.Range((number, default), (number + 1, default))
                .Select(static r => KeyValuePair.Create(r.Key.Name, r.Value))
                .OrderByDescending(static a => a.Value.Order),
        ];
    }

    /// <summary>The names of an object's extended attributes, each with NUL.</summary>
    public byte[] ListXattrs(uint number)
    {
        var list = new List<byte>();
        foreach (var (name, _) in XattrsOf(number))
        {
            list.AddRange(name.Span);
            list.Add(0);
        }

        return [.. list];
    }

    /// <summary>The object with an extended attribute set. The caller sets the inode.</summary>
    public Inode WithXattr(uint number, Inode inode, Name name, byte[] value)
    {
        SetXattr(number, inode.HasXattrs, name, value);
        return inode.HasXattrs ? inode : inode with { HasXattrs = true };
    }

    /// <summary>Sets an extended attribute of an object that has others or not. The caller sees to the inode.</summary>
    internal void SetXattr(uint number, bool hasXattrs, Name name, byte[] value)
    {
        if (hasXattrs && Xattrs.Get((number, name)) is { } known)
        {
            Xattrs.Set((number, name), known with { Value = value });
            return;
        }

        var summary = XattrSummaries.Get(number) ?? XattrSummary.None;
        Xattrs.Add((number, name), new Xattr(summary.NextOrder, value));
        XattrSummaries.Set(number, new XattrSummary(summary.Count + 1, summary.ListLength + (uint)name.Length + 1, summary.NextOrder + 1));
    }

    /// <summary>The object without an extended attribute that it has. The caller sets the inode.</summary>
    public Inode WithoutXattr(uint number, Inode inode, Name name)
    {
        Xattrs.Remove((number, name));
        var summary = XattrSummaries.Require(number);
        if (summary.Count > 1)
        {
            XattrSummaries.Set(number, summary with { Count = summary.Count - 1, ListLength = summary.ListLength - (uint)name.Length - 1 });
            return inode;
        }

        XattrSummaries.Remove(number);
        return inode with { HasXattrs = false };
    }

    private void RemoveXattrs(uint number, Inode inode)
    {
        if (!inode.HasXattrs)
        {
            return;
        }

        foreach (var (name, _) in XattrsOf(number))
        {
            Xattrs.Remove((number, name));
        }

        XattrSummaries.Remove(number);
    }
}
