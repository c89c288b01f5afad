using System.Globalization;
using MfsHa.EndToEnd.Tests.Ledger.Checks;
using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.EndToEnd.Tests.Ledger.Steps;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>
/// Changes a folder of its own, step by step, and knows what must be in it. When an outcome is unknown, the folder is left as it is, to
/// be judged at the end, and the worker goes on in a new one.
/// </summary>
internal sealed class Worker
{
    private const int MaxHeld = 3;

    private readonly int number;
    private readonly ILedgerClient client;
    private readonly IReadOnlyList<ILedgerClient> witnesses;
    private readonly Journal journal;
    private readonly Random random;
    private readonly StepGenerator generator;
    private readonly TimeSpan pause;
    private readonly List<WorkFolder> folders = [];
    private readonly List<HeldFile> held = [];

    /// <param name="witnesses">Clients that must see at once what this one has done.</param>
    /// <param name="pause">Longest time between two steps.</param>
    public Worker(int number, ILedgerClient client, IReadOnlyList<ILedgerClient> witnesses, Journal journal, int seed, TimeSpan pause)
    {
        this.number = number;
        this.client = client;
        this.witnesses = witnesses;
        this.journal = journal;
        this.pause = pause;
        random = new Random(seed);
        generator = new StepGenerator(random, client.HasData, reusesNames: client.HasData);
    }

    public IReadOnlyList<WorkFolder> Folders => folders;

    public LedgerFailure? Failure { get; private set; }

    /// <summary>Number of acknowledged changes.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>The top folder of this worker.</summary>
    public string Home => string.Create(CultureInfo.InvariantCulture, $"worker{number}");

    /// <summary>Works until the time is over or something is wrong.</summary>
    public async Task RunAsync(CancellationToken timeOver, CancellationToken cancellation)
    {
        try
        {
            await client.MakeDirectoryAsync(Home, cancellation).ConfigureAwait(false);
            await NewFolderAsync(cancellation).ConfigureAwait(false);
            while (!timeOver.IsCancellationRequested && Failure is null)
            {
                await StepAsync(cancellation).ConfigureAwait(false);
                if (Failure is null && !folders[^1].IsClosed)
                {
                    await LookAsync(cancellation).ConfigureAwait(false);
                }
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(random.Next((int)pause.TotalMilliseconds + 1), cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is PosixException or SessionLostException)
        {
            Fail("", e.Message);
        }
    }

    private async Task NewFolderAsync(CancellationToken cancellation)
    {
        var folder = new WorkFolder(string.Create(CultureInfo.InvariantCulture, $"{Home}/{folders.Count}"));
        await client.MakeDirectoryAsync(folder.Path, cancellation).ConfigureAwait(false);
        folders.Add(folder);
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        var folder = folders[^1];
        var step = generator.Next(folder.Tree);
        var after = step.Apply(folder.Tree);
        var entry = journal.Begin(client.Name, folder.Path, step.ToString(), step.Paths);
        try
        {
            await step.RunAsync(client, folder.Path, cancellation).ConfigureAwait(false);
            journal.End(entry, "ok");
            held.ForEach(file => file.Note(after));
            folder.Tree = after;
            Acknowledged++;
        }
        catch (TimeoutException e)
        {
            // The client gave up: either way is right.
            journal.End(entry, $"unknown: {e.Message}");
            folder.Close(step, after);
            held.Clear();
            await NewFolderAsync(cancellation).ConfigureAwait(false);
        }
        catch (PosixException e)
        {
            journal.End(entry, $"failed: {e.Message}");
            Fail(step.Paths[0], $"{client.Name}: {step}: {e.Message}");
        }
    }

    // Its own eyes or another client's: what was acknowledged must be seen at once by everybody.
    private async Task LookAsync(CancellationToken cancellation)
    {
        var folder = folders[^1];
        var tree = folder.Tree;
        var eyes = random.Next(3) == 0 ? witnesses[random.Next(witnesses.Count)] : client;
        var paths = tree.Entries.Keys.ToArray();
        var path = paths[random.Next(paths.Length)];
        var at = path.Length == 0 ? folder.Path : Tree.Join(folder.Path, path);
        switch (random.Next(8))
        {
            case 0 or 1:
                await LookAsync(eyes, "stat", path, async () => await eyes.StatAsync(at, cancellation).ConfigureAwait(false) is { } facts
                    ? TreeCheck.CompareFacts(tree, path, facts) : "is gone").ConfigureAwait(false);
                break;
            case 2 when tree.IsDirectory(path):
                await LookAsync(eyes, "list", path, async () => TreeCheck.CompareNames(
                    await eyes.ListAsync(at, cancellation).ConfigureAwait(false), [.. tree.NamesIn(path)])).ConfigureAwait(false);
                break;
            case 3 when eyes.HasData && tree.IsFile(path):
                await LookAsync(eyes, "read", path, async () => TreeCheck.CompareContent(
                    tree, path, null, await eyes.ReadAsync(at, cancellation).ConfigureAwait(false))).ConfigureAwait(false);
                break;
            case 4 when client is MountClient mount:
                await UseHeldAsync(mount, folder, path, cancellation).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    private async Task LookAsync(ILedgerClient eyes, string what, string path, Func<Task<string?>> look)
    {
        var folder = folders[^1];
        var entry = journal.Begin(eyes.Name, folder.Path, $"{what} {path}", [path]);
        try
        {
            var difference = await look().ConfigureAwait(false);
            journal.End(entry, difference ?? "ok");
            if (difference is not null)
            {
                Fail(path, $"{eyes.Name}: {what} {path}: {difference} (changed by {client.Name})");
            }
        }
        catch (TimeoutException e)
        {
            journal.End(entry, $"unknown: {e.Message}");
        }
        catch (Exception e) when (e is PosixException or SessionLostException)
        {
            journal.End(entry, $"failed: {e.Message}");
            Fail(path, $"{eyes.Name}: {what} {path}: {e.Message}");
        }
    }

    // Files stay usable for those who have them open, whatever becomes of their names.
    private async Task UseHeldAsync(MountClient mount, WorkFolder folder, string path, CancellationToken cancellation)
    {
        if (folder.Tree.IsFile(path) && held.Count < MaxHeld && held.TrueForAll(file => file.Number != folder.Tree.Entries[path]))
        {
            await LookAsync(mount, "open", path, async () =>
            {
                var handle = await mount.OpenAsync($"{folder.Path}/{path}", cancellation).ConfigureAwait(false);
                held.Add(new HeldFile(mount, handle, path, folder.Tree.Entries[path], folder.Tree.ContentOf(path)));
                return null;
            }).ConfigureAwait(false);
        }
        else if (held.Count > 0)
        {
            var file = held[random.Next(held.Count)];
            await LookAsync(mount, "use open", file.Path, () => file.UseAsync(random, cancellation)).ConfigureAwait(false);
            if (random.Next(2) == 0)
            {
                held.Remove(file);
                await file.CloseAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private void Fail(string path, string text) => Failure ??= new LedgerFailure(folders.Count > 0 ? folders[^1].Path : Home, path, text);
}
