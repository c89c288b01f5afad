using System.Globalization;
using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>One client of the storm: it moves directories into each other against the others, and its own files between them.</summary>
internal sealed class StormWorker(IStormClient client, StormArea area, IReadOnlyList<OwnFile> own, Journal journal, Random random, TimeSpan pause)
{
    /// <summary>Attempts of a client that has to find the way first, each after another look around.</summary>
    private const int MaxAttempts = 100;

    private IReadOnlyDictionary<string, string> parents = new Dictionary<string, string>();
    private int names;

    public LedgerFailure? Failure { get; private set; }

    public int Acknowledged { get; private set; }

    /// <summary>Moves over other files that everybody moves, with or without a known outcome.</summary>
    public int Replacements { get; private set; }

    /// <summary>How often a directory was moved, and how often it must not be, because it would have come below itself.</summary>
    public (int Done, int Refused) DirectoryMoves { get; private set; }

    public IReadOnlyList<OwnFile> Own => own;

    public async Task RunAsync(CancellationToken timeOver, CancellationToken cancellation)
    {
        try
        {
            parents = await client.LookAroundAsync(cancellation).ConfigureAwait(false);
            while (!timeOver.IsCancellationRequested && Failure is null)
            {
                await StepAsync(cancellation).ConfigureAwait(false);
                await Task.Delay(random.Next((int)pause.TotalMilliseconds + 1), cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is PosixException or SessionLostException)
        {
            Fail("", e.Message);
        }
    }

    private Task StepAsync(CancellationToken cancellation) => random.Next(100) switch
    {
        < 40 => MoveDirectoryAsync(cancellation),
        < 65 => MoveOwnAsync(cancellation),
        < 72 => ReplaceOwnAsync(cancellation),
        < 84 when client.KnowsModes => ExchangeOwnAsync(cancellation),
        _ => MoveSharedAsync(cancellation),
    };

    // Two of these against each other would make a ring that hangs on nothing.
    private async Task MoveDirectoryAsync(CancellationToken cancellation)
    {
        var moved = SomeDirectory();
        if (!parents.TryGetValue(moved, out var parent) || SomeTarget() is not { } target || target == moved || target == parent)
        {
            parents = await client.LookAroundAsync(cancellation).ConfigureAwait(false);
            return;
        }
        switch (await MoveAsync(new Place(parent, moved), new Place(target, moved), RenameMode.Replace, cancellation).ConfigureAwait(false))
        {
            case Errno.None:
                DirectoryMoves = (DirectoryMoves.Done + 1, DirectoryMoves.Refused);
                break;
            case Errno.Invalid:
                DirectoryMoves = (DirectoryMoves.Done, DirectoryMoves.Refused + 1);
                break;
            case Errno.NoEntry or Errno.Stale or Errno.TooManySymlinks or null:
                break;
            case { } error:
                Fail(moved, $"{client.Name}: moving {moved} from {parent} to {target}: {error}");
                break;
        }
        parents = await client.LookAroundAsync(cancellation).ConfigureAwait(false);

        string? SomeTarget() => random.Next(4) == 0 ? StormArea.Root : SomeDirectory();
    }

    private Task MoveOwnAsync(CancellationToken cancellation)
        => SomeOwn() is { } file ? MoveKnownAsync(file, NewPlace(), ToFreeName, replaced: null, cancellation) : Task.CompletedTask;

    private async Task ReplaceOwnAsync(CancellationToken cancellation)
    {
        // Enough must be left to go on.
        const int reserve = 3;
        if (own.Count(static f => f.IsUsable) > reserve && SomeOwn() is { } file && SomeOwn() is { } target && file != target)
        {
            await MoveKnownAsync(file, target.Place!, RenameMode.Replace, target, cancellation).ConfigureAwait(false);
        }
    }

    private async Task ExchangeOwnAsync(CancellationToken cancellation)
    {
        if (SomeOwn() is { } file && SomeOwn() is { } other && file != other)
        {
            // A new name first: the same exchange twice in the same bytes could be one that is sent again.
            await MoveKnownAsync(file, NewPlace(), ToFreeName, replaced: null, cancellation).ConfigureAwait(false);
            if (file.IsUsable && other.IsUsable)
            {
                await MoveKnownAsync(file, other.Place!, RenameMode.Exchange, other, cancellation).ConfigureAwait(false);
            }
        }
    }

    // Nobody else touches either name: it must succeed, as soon as the way there is known.
    private async Task MoveKnownAsync(OwnFile file, Place to, RenameMode mode, OwnFile? replaced, CancellationToken cancellation)
    {
        var from = file.Place!;
        var text = $"{mode} {from} -> {to}";
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            switch (await MoveAsync(from, to, mode, cancellation).ConfigureAwait(false))
            {
                case Errno.None:
                    file.Place = to;
                    if (replaced is not null)
                    {
                        replaced.Place = mode is RenameMode.Exchange ? from : null;
                    }
                    return;
                case null:
                    file.Unknown = (to, text);
                    if (replaced is not null)
                    {
                        replaced.Unknown = (mode is RenameMode.Exchange ? from : null, text);
                    }
                    return;
                case Errno.NoEntry or Errno.Stale or Errno.TooManySymlinks when !client.FindsDirectories:
                    await client.LookAroundAsync(cancellation).ConfigureAwait(false);
                    if (await client.ListAsync(from.Directory, cancellation).ConfigureAwait(false) is { } there && !there.Contains(from.Name))
                    {
                        Fail(from.Name, $"{client.Name}: {text}: {from} is not there");
                        return;
                    }
                    break;
                case { } error:
                    Fail(from.Name, $"{client.Name}: {text}: {error}");
                    return;
            }
        }
        // Others were faster with the directories every time: nothing was done.
    }

    private async Task MoveSharedAsync(CancellationToken cancellation)
    {
        var mode = random.Next(3) == 0 ? ToFreeName : RenameMode.Replace;
        var (from, to) = (new Place(SomeDirectory(), SomeShared()), new Place(SomeDirectory(), SomeShared()));
        var outcome = await MoveAsync(from, to, mode, cancellation).ConfigureAwait(false);
        if (outcome is null or Errno.None && mode is RenameMode.Replace)
        {
            Replacements++;
        }
        if (outcome is not (null or Errno.None or Errno.NoEntry or Errno.Exists or Errno.Stale or Errno.TooManySymlinks))
        {
            Fail(from.Name, $"{client.Name}: {mode} {from} -> {to}: {outcome}");
        }
    }

    /// <summary>Returns the error, <see cref="Errno.None"/> or, if nobody knows, null.</summary>
    private async Task<Errno?> MoveAsync(Place from, Place to, RenameMode mode, CancellationToken cancellation)
    {
        var entry = journal.Begin(client.Name, StormArea.Root, $"{mode} {from} -> {to}", [from.Name, to.Name]);
        try
        {
            await client.MoveAsync(from, to, mode, cancellation).ConfigureAwait(false);
            journal.End(entry, "ok");
            Acknowledged++;
            return Errno.None;
        }
        catch (PosixException e)
        {
            journal.End(entry, $"{e.Error}");
            return e.Error;
        }
        catch (TimeoutException e)
        {
            journal.End(entry, $"unknown: {e.Message}");
            return null;
        }
    }

    private RenameMode ToFreeName => client.KnowsModes ? RenameMode.NoReplace : RenameMode.Replace;

    private string SomeDirectory() => area.Directories[random.Next(area.Directories.Count)];

    private string SomeShared() => area.SharedNames[random.Next(area.SharedNames.Count)];

    private OwnFile? SomeOwn() => own.Where(static f => f.IsUsable).ToArray() is { Length: > 0 } files ? files[random.Next(files.Length)] : null;

    private Place NewPlace() => new(SomeDirectory(), string.Create(CultureInfo.InvariantCulture, $"{own[0].VaultName}n{names++}"));

    private void Fail(string path, string text) => Failure ??= new LedgerFailure(StormArea.Root, path, text);
}
