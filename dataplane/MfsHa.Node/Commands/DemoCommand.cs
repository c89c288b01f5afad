using System.CommandLine;
using System.Runtime.CompilerServices;
using MfsHa.Demo;
using MfsHa.Node.Configuration;

namespace MfsHa.Node.Commands;

/// <summary><c>mfsha demo</c>. Nothing of the demo is loaded before somebody asks for it.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Leave everything running at the end, and say how to use it." };
        var rounds = new Option<int>("--rounds") { Description = "How often the leader is killed.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var release = new Option<int?>("--release") { Description = "MooseFS programs of this major version, 3 or 4 (default: what PATH finds).", HelpName = "3|4" };
        var directory = new Option<DirectoryInfo?>("--directory") { Description = "Where the demo makes its folder (default: the one for temporary files).", HelpName = "DIR" };
        var stop = new Option<string?>("--stop") { Description = "End a demo that was left running in its folder.", HelpName = "DIR" };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaximumRounds)
            {
                result.AddError($"--rounds is 1 to {MaximumRounds}");
            }
        });
        release.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is not (null or 3 or 4))
            {
                result.AddError("--release is 3 or 4");
            }
        });
        var command = new Command(
            "demo",
            "Three nodes, two chunkservers and a mount on this machine, in network namespaces of their own: kills the leader, shows the stall and the surviving data, and cleans up. Needs root. Exit codes: 0 all is there; 1 it is not; 2 it cannot run here.")
        {
            keep, rounds, release, directory, stop,
        };
        command.SetAction((parsed, cancellation) => parsed.GetValue(stop) is { } folder
            ? StopAsync(folder, cancellation)
            : RunAsync(parsed.GetValue(keep), parsed.GetValue(rounds), parsed.GetValue(release), parsed.GetValue(directory)?.FullName));
        return command;
    }

    private const int MaximumRounds = 1000;

    // Not inlined: whoever compiles these loads the demo's assemblies.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunAsync(bool keep, int rounds, int? release, string? directory)
    {
        // The nodes of the demo inherit this process's environment, and variables win over their configuration files.
        foreach (var key in ConfigurationReader.KeysByName.Keys)
        {
            Environment.SetEnvironmentVariable(key, null);
        }

        return new DemoProgram(new DemoOptions(keep, rounds, release, directory), ProgramFile).RunAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> StopAsync(string folder, CancellationToken cancellation) => DemoProgram.StopAsync(folder, cancellation);

    private static string ProgramFile => Path.Combine(AppContext.BaseDirectory, "mfsha");
}
