using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MfsHa.Testbed.Native;

/// <summary>
/// A thread that touches files as another user: file-system uid and gid and supplementary groups are set once, for this thread
/// only, and never change, because clients remember the groups of a thread for minutes. Its creation mask is its own, too.
/// </summary>
public sealed unsafe class Identity : IDisposable
{
    private const int QueueLimit = 1024;

    private readonly BlockingCollection<Action> work = new(QueueLimit);
    private readonly Thread thread;
    private bool became;

    public Identity(uint user, uint group, params uint[] supplementary)
    {
        User = user;
        Group = group;
        Supplementary = supplementary;
        thread = new Thread(Loop) { IsBackground = true, Name = $"uid {user}" };
        thread.Start();
    }

    public uint User { get; }

    public uint Group { get; }

    public IReadOnlyList<uint> Supplementary { get; }

    private static nint SetGroupsNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 116,
        Architecture.Arm64 => 159,
        var other => throw new PlatformNotSupportedException($"system call number of setgroups on {other}"),
    };

    /// <summary>Runs <paramref name="body"/> as this user.</summary>
    public Task<T> RunAsync<T>(Func<T> body)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                Become();
                result.SetResult(body());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        return result.Task;
    }

    public void Dispose()
    {
        work.CompleteAdding();
        thread.Join();
        work.Dispose();
    }

    private void Loop()
    {
        foreach (var item in work.GetConsumingEnumerable())
        {
            item();
        }
    }

    private void Become()
    {
        if (became)
        {
            return;
        }
        if (Libc.Unshare(Libc.CloneFileSystem) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "unshare");
        }
        var groups = Supplementary.ToArray();
        fixed (uint* first = groups)
        {
            if (Libc.SetGroupsOfThread(SetGroupsNumber, groups.Length, first) != 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "setgroups");
            }
        }
        // Both return the previous id and no error; asking with an invalid id tells what is in force.
        _ = Libc.SetFileGroup(Group);
        _ = Libc.SetFileUser(User);
        if ((uint)Libc.SetFileGroup(uint.MaxValue) != Group || (uint)Libc.SetFileUser(uint.MaxValue) != User)
        {
            throw new InvalidOperationException($"cannot become uid {User}, gid {Group}");
        }
        became = true;
    }
}
