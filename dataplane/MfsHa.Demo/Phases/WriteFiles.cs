using System.Globalization;
using System.Security.Cryptography;
using MfsHa.Demo.Load;

namespace MfsHa.Demo.Phases;

/// <summary>Some files of 1 KiB to 2 MiB before anything happens.</summary>
public sealed class WriteFiles : IPhase
{
    private const string Folder = "before";
    private const int Files = 12;
    private const int FirstBytes = 1024;

    public string Title => "files are written";

    public async Task RunAsync(DemoContext context, CancellationToken cancellation)
    {
        // The mount's calls cannot be cancelled; whoever ends the demo takes the mount away instead.
        var written = await Task.Run(() => Write(context, cancellation), CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false);
        context.Story.Say($"{Files} files, {written >> 10} KiB, are on the chunkservers");
    }

    private static long Write(DemoContext context, CancellationToken cancellation)
    {
        var root = context.MountPath;
        var written = 0L;
        try
        {
            Names.MakeDirectory(Path.Combine(root, Folder));
            context.Ledger.AddFolder(Folder);
            for (var number = 0; number < Files && !cancellation.IsCancellationRequested; number++)
            {
                var name = number.ToString(CultureInfo.InvariantCulture);
                var content = RandomNumberGenerator.GetBytes(FirstBytes << number);
                context.Meter.Begin(OperationKind.File);
                FileContent.Write(Path.Combine(root, Folder, name), content);
                context.Meter.End(OperationKind.File);
                context.Ledger.Add(Folder, name, FileContent.Checksum(content));
                written += content.Length;
            }
            return written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromiseBrokenException($"writing failed: {e.Message}");
        }
    }
}
