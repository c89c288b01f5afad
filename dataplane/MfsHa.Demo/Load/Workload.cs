using System.Globalization;
using System.Security.Cryptography;

namespace MfsHa.Demo.Load;

/// <summary>
/// Two clients of the mount that never pause for longer than a moment: one makes directories and renames them, one writes files. Whatever
/// returns goes into the ledger. Threads of their own, because a call that waits for the mount cannot be cancelled.
/// </summary>
public sealed class Workload
{
    private const int FileBytes = 4096;

    /// <summary>A chunk takes at least 72 KiB on two disks: this keeps a run of many rounds small.</summary>
    private static readonly TimeSpan FilePause = TimeSpan.FromMilliseconds(25);

    private readonly string root;
    private readonly string folder;
    private readonly Ledger ledger;
    private readonly OperationMeter meter;
    private readonly TaskCompletionSource names = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource files = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool stopping;

    private Workload(string root, string folder, Ledger ledger, OperationMeter meter)
    {
        this.root = root;
        this.folder = folder;
        this.ledger = ledger;
        this.meter = meter;
    }

    /// <summary>Starts in two new folders of the mount.</summary>
    public static Workload Start(string root, string folder, Ledger ledger, OperationMeter meter)
    {
        var load = new Workload(root, folder, ledger, meter);
        Launch(load.names, load.MakeNames, "names");
        Launch(load.files, load.WriteFiles, "files");
        return load;
    }

    /// <summary>Completes when an operation has failed, or when both have stopped.</summary>
    public Task Completion => Task.WhenAll(names.Task, files.Task);

    /// <summary>The first failure, while the other one may still be waiting.</summary>
    public void ThrowIfFailed()
    {
        foreach (var task in new[] { names.Task, files.Task }.Where(static task => task.IsFaulted))
        {
            task.GetAwaiter().GetResult();
        }
    }

    /// <summary>No new operation begins; <see cref="Completion"/> says when the last one has returned.</summary>
    public Task StopAsync()
    {
        stopping = true;
        return Completion;
    }

    private static void Launch(TaskCompletionSource completion, Action body, string name)
    {
        var thread = new Thread(() =>
        {
            try
            {
                body();
                completion.SetResult();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                completion.SetException(new PromiseBrokenException($"an operation failed: {e.Message}"));
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
    }

    private void MakeNames()
    {
        var home = MakeHome("names");
        for (var number = 0; !stopping; number++)
        {
            var name = number.ToString(CultureInfo.InvariantCulture);
            // A rename that was done and is done again would find nothing: exactly once is part of the promise.
            Do(OperationKind.Name, () => Names.MakeDirectory(Path.Combine(root, home, $"new{name}")));
            ledger.Add(home, $"new{name}");
            Do(OperationKind.Name, () => Names.Rename(Path.Combine(root, home, $"new{name}"), Path.Combine(root, home, name)));
            ledger.Rename(home, $"new{name}", name);
        }
    }

    private void WriteFiles()
    {
        var home = MakeHome("files");
        for (var number = 0; !stopping; number++)
        {
            var name = number.ToString(CultureInfo.InvariantCulture);
            var content = RandomNumberGenerator.GetBytes(FileBytes);
            Do(OperationKind.File, () => FileContent.Write(Path.Combine(root, home, name), content));
            ledger.Add(home, name, FileContent.Checksum(content));
            Thread.Sleep(FilePause);
        }
    }

    private string MakeHome(string kind)
    {
        var home = Path.Combine(folder, kind);
        Directory.CreateDirectory(Path.Combine(root, home));
        ledger.AddFolder(home);
        return home;
    }

    private void Do(OperationKind kind, Action operation)
    {
        meter.Begin(kind);
        operation();
        meter.End(kind);
    }
}
