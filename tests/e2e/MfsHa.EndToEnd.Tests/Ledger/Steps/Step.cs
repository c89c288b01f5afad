using MfsHa.EndToEnd.Tests.Ledger.Clients;

namespace MfsHa.EndToEnd.Tests.Ledger.Steps;

/// <summary>One change that a client asks for and that always succeeds on a correct file system.</summary>
internal abstract record Step
{
    /// <summary>The names that it is about, relative to the folder.</summary>
    public abstract IReadOnlyList<string> Paths { get; }

    /// <summary>True if an unknown outcome may be a part of the data: write(2) promises no more.</summary>
    public virtual bool IsData => false;

    /// <summary>What the folder holds afterwards.</summary>
    public abstract Tree Apply(Tree before);

    /// <summary>Does it; <see cref="Testbed.Native.PosixException"/> if it fails.</summary>
    /// <param name="folder">Where the relative names begin.</param>
    public abstract Task RunAsync(ILedgerClient client, string folder, CancellationToken cancellation);
}
