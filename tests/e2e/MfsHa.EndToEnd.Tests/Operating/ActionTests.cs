using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.EndToEnd.Tests.Transcripts;
using MfsHa.Testbed.Deployments;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Operating;

/// <summary>Actions of the program as daemons with mounted clients see them, with mfsmaster's exit codes.</summary>
public sealed class ActionTests
{
    /// <summary>Explicit because clients take their time after each stop; exit codes alone are in MfsHa.Node.Tests.</summary>
    [Fact(Explicit = true)]
    public Task Actions_have_the_exit_codes_of_mfsmaster_and_clients_outlive_them() => TranscriptPair.AssertSameAsync(
        new DeploymentPlan(ServiceKind.MfsMaster4, MooseFsRelease.V4, MooseFsRelease.V4) { ChunkServers = 1, Mounts = 1 },
        static async (deployment, transcript, cancellation) =>
        {
            var servers = new Operator(deployment);
            var path = $"{deployment.Mounts[0].Path}/file";
            Content.WriteFile(path, 1, 200_000);
            using var held = new Testbed.Native.PosixFile(path, Testbed.Native.OpenFlags.Read);
            try
            {
                await NoteAsync("while they run", "test", "info", "reload", "start");
                await NoteAsync("to the end", "stop");
                await NoteAsync("when nothing runs", "stop", "test", "info", "reload");
                await NoteAsync("as daemons", "start", "test", "info", "start");
                Content.AssertFile(path, 1, 200_000);
                await NoteAsync("anew", "restart", "test");
                Content.AssertFile(path, 1, 200_000);
                P.MakeDirectory($"{deployment.Mounts[0].Path}/directory");
                Content.AssertRange(held, 1, 0, 200_000);
                await NoteAsync("with an unknown action", "dance");
            }
            finally
            {
                await servers.RunAllAsync("stop", CancellationToken.None);
            }
            await NoteAsync("after all", "test");

            async Task NoteAsync(string when, params string[] actions)
            {
                foreach (var action in actions)
                {
                    var codes = (await servers.RunAllAsync(action, cancellation)).Select(static result => result.ExitCode).Distinct();
                    transcript.Note($"{action} {when}", () => string.Join(' ', codes));
                }
            }
        },
        TestContext.Current.CancellationToken);
}
