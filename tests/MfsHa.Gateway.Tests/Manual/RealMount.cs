using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace MfsHa.Gateway.Tests.Manual;

/// <summary>A running mfsmount. Needs root, /dev/fuse and the program; tests are skipped without them.</summary>
internal sealed class RealMount : IAsyncDisposable
{
    private readonly Process process;

    private RealMount(Process process, string directory)
    {
        this.process = process;
        Directory = directory;
    }

    /// <summary>mfsmount of MooseFS 3.0.117 and 4.56.6, where their packages or the development set-up put them.</summary>
    public static string[] Programs =>
    [
        "/usr/bin/mfsmount",
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "mfsha", "moosefs-4", "usr", "bin", "mfsmount"),
    ];

    public string Directory { get; }

    public static async Task<RealMount> MountAsync(string program, IPEndPoint master, params string[] options)
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists(program) && File.Exists("/dev/fuse"), $"needs root, FUSE and {program}");
        var directory = System.IO.Directory.CreateTempSubdirectory("mfsha-gateway-").FullName;
        string[] arguments =
        [
            directory, "-f", "-H", master.Address.ToString(), "-P", master.Port.ToString(CultureInfo.InvariantCulture), "-o", string.Join(',', ["mfsattrcacheto=0", .. options]),
        ];
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var mount = new RealMount(process, directory);
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (File.ReadAllText("/proc/mounts").Contains($" {directory} ", StringComparison.Ordinal))
            {
                return mount;
            }

            if (process.HasExited)
            {
                break;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        if (!process.HasExited)
        {
            process.Kill();
        }

        System.IO.Directory.Delete(directory);
        Assert.Fail($"no mount:\n{await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}{await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        return mount;
    }

    /// <summary>Runs a script in the mounted directory; its output, errors included.</summary>
    public async Task<string> RunAsync(string script)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"exec 2>&1; export LC_ALL=C; cd {Directory} || exit; {script}"]) { RedirectStandardOutput = true })!;
        try
        {
            var output = await shell.StandardOutput.ReadToEndAsync(limit.Token);
            await shell.WaitForExitAsync(limit.Token);
            return output;
        }
        catch (OperationCanceledException)
        {
            shell.Kill(entireProcessTree: true);
            throw new TimeoutException($"the script hangs: {script}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (var unmount = Process.Start("umount", ["-l", Directory]))
        {
            await unmount.WaitForExitAsync(CancellationToken.None);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        process.Dispose();
        System.IO.Directory.Delete(Directory);
    }
}
