using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>What OPEN and CREATE answer.</summary>
internal static class Opening
{
    /// <summary>The answer for a file that the session has open.</summary>
    public static OpenReply ReplyFor(Caller caller, NamespaceState state, uint number, Inode inode, Inode? through)
    {
        var attributes = AttributeView.Of(caller, state, number, inode, through);
        var flags = OpenReplyFlags.None;
        if (inode.Has(ExtraAttributes.NoDataCache))
        {
            flags |= OpenReplyFlags.DirectMode;
        }

        if (inode.Has(ExtraAttributes.AppendOnly))
        {
            flags |= OpenReplyFlags.AppendOnly;
        }

        return new OpenReply(number, flags, WithoutDataCache(attributes));
    }

    /// <summary>The record without the permission to keep cached data, which only somebody with cache marks can give.</summary>
    public static AttributeRecord WithoutDataCache(AttributeRecord attributes) =>
        attributes with { Flags = attributes.Flags & ~AttributeFlags.AllowDataCache };
}
