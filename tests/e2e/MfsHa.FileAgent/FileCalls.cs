using MfsHa.Testbed.Native;

namespace MfsHa.FileAgent;

/// <summary>Does what requests say, one after the other.</summary>
public sealed class FileCalls : IDisposable
{
    private readonly Dictionary<int, PosixFile> open = [];

    /// <summary>Never throws for a call that failed: that is an answer.</summary>
    public AgentReply Do(AgentRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return Run(request);
        }
        catch (PosixException e)
        {
            return new AgentReply((int)e.Error, e.Message);
        }
    }

    public void Dispose()
    {
        foreach (var file in open.Values)
        {
            file.Dispose();
        }
    }

    private AgentReply Run(AgentRequest request)
    {
        var path = request.Path;
        switch (request.Call)
        {
            case AgentCall.Create:
                new PosixFile(path, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive).Close();
                break;
            case AgentCall.MakeDirectory:
                Posix.MakeDirectory(path);
                break;
            case AgentCall.RemoveDirectory:
                Posix.RemoveDirectory(path);
                break;
            case AgentCall.Unlink:
                Posix.Unlink(path);
                break;
            case AgentCall.Rename:
                Posix.Rename(path, request.To, (RenameMode)request.Number);
                break;
            case AgentCall.Link:
                Posix.Link(path, request.To);
                break;
            case AgentCall.Write:
                Write(path, OpenFlags.Write, file => file.Write(request.Data, request.Number));
                break;
            case AgentCall.Append:
                Write(path, OpenFlags.Write | OpenFlags.Append, file => file.Append(request.Data));
                break;
            case AgentCall.Truncate:
                Posix.Truncate(path, request.Number);
                break;
            case AgentCall.Read:
                using (var file = new PosixFile(path, OpenFlags.Read))
                {
                    return Read(file, Posix.Stat(path).Size);
                }
            case AgentCall.Stat:
                var status = Posix.Stat(path);
                return new AgentReply(Facts: new AgentFacts(status.Kind is FileKind.Directory, (int)status.Links, status.Inode, status.Size));
            case AgentCall.List:
                return new AgentReply(Names: Posix.ReadDirectory(path));
            case AgentCall.Open:
                open.Add(request.Handle, new PosixFile(path, OpenFlags.ReadWrite));
                break;
            case AgentCall.WriteOpen:
                open[request.Handle].Write(request.Data, request.Number);
                open[request.Handle].Sync();
                break;
            case AgentCall.ReadOpen:
                return Read(open[request.Handle], request.Number);
            case AgentCall.CloseOpen:
                open.Remove(request.Handle, out var closing);
                closing?.Close();
                break;
            case AgentCall.LockOpen:
                return Locked(open[request.Handle].TryLock(exclusive: true));
            case AgentCall.LockRange:
                return Locked(open[request.Handle].TryLockRange(exclusive: true, request.Number, request.Length));
            case AgentCall.UnlockRange:
                open[request.Handle].UnlockRange(request.Number, request.Length);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request.Call, "unknown call");
        }
        return new AgentReply();
    }

    private static AgentReply Locked(bool isLocked) => isLocked ? new AgentReply() : new AgentReply((int)Errno.Again, "another one has the lock");

    private static void Write(string path, OpenFlags flags, Action<PosixFile> write)
    {
        using var file = new PosixFile(path, flags);
        write(file);
        file.Sync();
    }

    // One byte more than there should be: a file that is too long is seen, too.
    private static AgentReply Read(PosixFile file, long length)
    {
        var buffer = new byte[length + 1];
        return new AgentReply(Data: buffer[..file.Read(buffer, 0)]);
    }
}
