using System.Diagnostics;
using MfsHa.Operator.Backups;
using Xunit;

namespace MfsHa.Operator.Tests.Backups;

/// <summary>The scripts by a real shell, with programs in place of mfsha's that write down how they are called.</summary>
public sealed class BackupScriptsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mfsha-backup-").FullName;
    private readonly string _bin;
    private readonly string _calls;
    private readonly string _report;

    public BackupScriptsTests()
    {
        _bin = Directory.CreateDirectory(Path.Combine(_root, "bin")).FullName;
        _calls = Path.Combine(_root, "calls");
        _report = Path.Combine(_root, "report");
        Program("mfsha-backup", """
            for a; do case $a in --output=*) printf 'four' >"${a#--output=}" ;; esac; done
            """);
        Program("mfsha-admin", """
            [ "$1" != "${REFUSES:-}" ] || exit 1
            case "$1 ${STORED:-}" in
              "fetch-backup ") exit 2 ;;
              "fetch-backup "*) for a; do case $a in --output=*) printf '%s' "$STORED" >"${a#--output=}" ;; esac; done ;;
            esac
            """);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_backup_on_a_volume_is_made_verified_and_told()
    {
        string file = Path.Combine(_root, "a folder/c.mfs");
        Assert.Equal(0, Run(BackupScripts.Once, ("FILE", file)));
        Assert.Equal([$"mfsha-backup --output={file} --host=nodes --timeout=3600", $"mfsha-admin verify-restore --backup={file}"], Calls());
        Assert.StartsWith("""{"file":"a folder/c.mfs","sizeBytes":4,"durationSeconds":""", File.ReadAllText(_report), StringComparison.Ordinal);
        File.Delete(_calls);
        Assert.Equal(0, Run(BackupScripts.Once, ("FILE", file)));
        Assert.Equal([$"mfsha-admin verify-restore --backup={file}"], Calls());
    }

    [Fact]
    public void A_backup_in_a_store_is_made_on_the_volume_and_pushed()
    {
        Assert.Equal(0, Run(BackupScripts.OnceInStore, ("FILE", "d/c.mfs"), ("STORE", "s3://b/p")));
        string local = Path.Combine(_root, "backup.mfs");
        Assert.Equal(
            [
                $"mfsha-admin fetch-backup --from=s3://b/p/d/c.mfs --output={local}", $"mfsha-backup --output={local} --host=nodes --timeout=3600",
                $"mfsha-admin push-backup --backup={local} --to=s3://b/p/d/c.mfs",
            ],
            Calls());
        Assert.StartsWith("""{"file":"d/c.mfs","sizeBytes":4,""", File.ReadAllText(_report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_backup_that_a_killed_attempt_has_stored_is_the_one()
    {
        Assert.Equal(0, Run(BackupScripts.OnceInStore, ("FILE", "d/c.mfs"), ("STORE", "s3://b/p"), ("STORED", "longer")));
        Assert.Single(Calls());
        Assert.StartsWith("""{"file":"d/c.mfs","sizeBytes":6,""", File.ReadAllText(_report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fetch-backup")]
    [InlineData("push-backup")]
    [InlineData("prune-backups")]
    public void What_fails_is_not_told_as_done(string command)
    {
        Assert.Equal(1, Run(BackupScripts.ScheduledInStore, ("FOLDER", "d"), ("PREFIX", "c-nightly-"), ("KEEP", "3"), ("KEEP_DAYS", "9"), ("STORE", "s3://b"), ("REFUSES", command)));
        Assert.False(File.Exists(_report));
        Assert.StartsWith($"mfsha-admin {command} ", Calls()[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "s3://b/d")]
    [InlineData(false, "d")]
    public void Those_of_a_schedule_are_pruned_where_they_are(bool isStored, string directory)
    {
        (string, string)[] place = isStored ? [("STORE", "s3://b")] : [];
        Assert.Equal(0, Run(isStored ? BackupScripts.ScheduledInStore : BackupScripts.Scheduled, [("FOLDER", "d"), ("PREFIX", "c-nightly-"), ("KEEP", "3"), ("KEEP_DAYS", "9"), .. place]));
        Assert.Equal($"mfsha-admin prune-backups --directory={directory} --prefix=c-nightly- --keep=3 --keep-days=9", Calls()[^1]);
        Assert.Matches("""^{"file":"d/c-nightly-[0-9]{8}T[0-9]{6}Z.mfs",""", File.ReadAllText(_report));
    }

    private string[] Calls() => File.ReadAllLines(_calls);

    private void Program(string name, string script)
    {
        string path = Path.Combine(_bin, name);
        File.WriteAllText(path, $"#!/bin/sh\necho {name} \"$@\" >>'{_calls}'\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private int Run(string script, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", script }, WorkingDirectory = _root };
        start.Environment["PATH"] = _bin + ":" + Environment.GetEnvironmentVariable("PATH");
        foreach ((string name, string value) in variables.Concat([("ROOM", _root), ("NODES", "nodes"), ("REPORT", _report)]))
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
