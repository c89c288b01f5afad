using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>Somebody who moves things between directories that others are moving.</summary>
internal interface IStormClient
{
    /// <summary>For the ledger.</summary>
    string Name { get; }

    /// <summary>Whether it knows other modes than <see cref="RenameMode.Replace"/>: mfsmount 3 does not.</summary>
    bool KnowsModes { get; }

    /// <summary>Whether it finds a directory wherever it has been moved to; otherwise it needs to know where everything lies.</summary>
    bool FindsDirectories { get; }

    /// <summary>Looks where the directories lie now: their parents by name. What is moved meanwhile may be missing.</summary>
    Task<IReadOnlyDictionary<string, string>> LookAroundAsync(CancellationToken cancellation);

    /// <summary>The names in a directory; null if it is not where it was at the last look around.</summary>
    Task<IReadOnlyList<string>?> ListAsync(string directory, CancellationToken cancellation);

    /// <summary>renameat2(2).</summary>
    /// <exception cref="PosixException">It failed.</exception>
    Task MoveAsync(Place from, Place to, RenameMode mode, CancellationToken cancellation);
}
